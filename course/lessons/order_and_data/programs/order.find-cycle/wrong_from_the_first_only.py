# gets: missed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    path = list(standing)[:1]
    while path:
        needs = standing[path[-1]]
        if not needs:
            return []
        if needs[0] in path:
            return path[path.index(needs[0]) :] + [needs[0]]
        path.append(needs[0])
    return []
