# gets: missed
# breaks: path
def find_cycle(self):
    start = next((n for n, node in self.tasks.items() if node.depends_on), None)
    if start is None:
        return []

    def walk(path):
        for d in self.tasks[path[-1]].depends_on:
            if d in path:
                return [*path[path.index(d) :], d]
            if found := walk([*path, d]):
                return found
        return []

    return walk([start])
