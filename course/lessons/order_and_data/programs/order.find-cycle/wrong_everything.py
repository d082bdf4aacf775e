# gets: not-names
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    return [*standing, next(iter(standing), None)]
