# gets: not-closed
# breaks: closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [name for name, needs in standing.items() if not any(d in standing for d in needs)]:
        for name in free:
            del standing[name]
    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-2]:
        path.append(next(d for d in standing[path[-1]] if d in standing))
    return path[path.index(path[-1]) :]
