# gets: changed
# breaks: unchanged
def find_cycle(self):
    standing = self.tasks
    while free := [n for n, node in standing.items() if not any(d in standing for d in node.depends_on)]:
        for n in free:
            del standing[n]
    if not standing:
        return []
    walk = [next(iter(standing))]
    while walk.count(walk[-1]) < 2:
        walk.append(next(d for d in standing[walk[-1]].depends_on if d in standing))
    return walk[walk.index(walk[-1]) :]
