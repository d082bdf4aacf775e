# gets: not-as-registered
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    order = []
    while len(order) < len(self.tasks):
        order.append(
            min(n for n in self.tasks if n not in order and set(self.tasks[n].depends_on) <= set(order))
        )
    return order
