def resolve_dependencies(self) -> list[str]:
    """All names, each after those it waits for; GraphError, with its path, if there is a circle."""
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        ____
    if len(order) < len(self.tasks):
        raise GraphError(____)
    return order
