def find_cycle(self):
    best = []
    for start in self.tasks:
        paths = [[start]]
        seen = set()
        while paths:
            path = paths.pop(0)
            for d in self.tasks[path[-1]].depends_on:
                if d == start:
                    found = [*path, d]
                    if not best or len(found) < len(best):
                        best = found
                    paths = []
                    break
                if d not in seen:
                    seen.add(d)
                    paths.append([*path, d])
    return best
