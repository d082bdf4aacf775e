# gets: not-as-registered
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    order = []

    def visit(name):
        for dependency in self.tasks[name].depends_on:
            visit(dependency)
        if name not in order:
            order.append(name)

    for name in self.tasks:
        visit(name)
    return order
