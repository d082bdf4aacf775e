# gets: changed
def resolve_dependencies(self):
    self.check_names()
    order = []
    while any(name not in order for name in self.tasks):
        free = [name for name, node in self.tasks.items() if name not in order and not node.depends_on]
        if not free:
            raise GraphError(" -> ".join(self.find_cycle()))
        for name in free:
            order.append(name)
            for node in self.tasks.values():
                if name in node.depends_on:
                    node.depends_on.remove(name)
    return order
