def find_cycle(self) -> list[str]:
    """The names along one circle, the first again at the end; an empty list if there is none."""
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    ____
