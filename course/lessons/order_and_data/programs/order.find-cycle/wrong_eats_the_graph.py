# gets: changed
def find_cycle(self):
    while free := [
        name for name, node in self.tasks.items() if not any(d in self.tasks for d in node.depends_on)
    ]:
        for name in free:
            del self.tasks[name]
    if not self.tasks:
        return []
    path = [next(iter(self.tasks))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in self.tasks[path[-1]].depends_on if d in self.tasks))
    return path[path.index(path[-1]) :]
