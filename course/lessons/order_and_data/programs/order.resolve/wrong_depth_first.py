# gets: not-as-registered
# breaks: first-come
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" waits for ".join(circle))
    order = {}

    def visit(name):
        for dependency in self.tasks[name].depends_on:
            visit(dependency)
        order.setdefault(name)

    for name in self.tasks:
        visit(name)
    return list(order)
