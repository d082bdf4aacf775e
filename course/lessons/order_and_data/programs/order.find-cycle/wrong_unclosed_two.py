# gets: not-closed
# breaks: closed
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    while free := [n for n, needs in standing.items() if not any(d in standing for d in needs)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]] if d in standing))
    path = walk[walk.index(walk[-1]) :]
    return path if len(path) == 2 else path[:-1]
