# gets: not-as-registered
# breaks: first-come
def resolve_dependencies(self):
    self.check_names()
    order = []
    while len(order) < len(self.tasks):
        for name, node in self.tasks.items():
            if name not in order and set(node.depends_on) <= set(order):
                order.append(name)
                break
        else:
            raise GraphError(f"in a circle: {self.find_cycle()}")
    return order
