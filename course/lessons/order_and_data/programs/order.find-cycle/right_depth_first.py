def find_cycle(self):
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done:
            return []
        path.append(name)
        for dependency in self.tasks[name].depends_on:
            if found := visit(dependency):
                return found
        path.pop()
        done.add(name)
        return []

    for name in self.tasks:
        if found := visit(name):
            return found
    return []
