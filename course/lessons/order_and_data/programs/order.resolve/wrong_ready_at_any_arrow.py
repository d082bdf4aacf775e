# gets: too-early
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    ready = [name for name, node in self.tasks.items() if not node.depends_on]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for other, node in self.tasks.items():
            if name in node.depends_on and other not in order and other not in ready:
                ready.append(other)
    return order
