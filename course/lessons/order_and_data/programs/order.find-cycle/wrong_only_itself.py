# gets: missed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    return [name for name, needs in standing.items() if name in needs]
