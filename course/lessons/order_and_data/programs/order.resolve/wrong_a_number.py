# gets: not-a-list
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    return len(ready)
