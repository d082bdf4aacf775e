# gets: missed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    for name, needs in standing.items():
        for need in needs:
            if need != name and name in standing[need]:
                return [name, need, name]
    return []
