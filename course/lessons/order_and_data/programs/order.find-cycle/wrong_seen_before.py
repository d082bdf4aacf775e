# gets: false-alarm
def find_cycle(self):
    standing = {name: list(node.depends_on) for name, node in self.tasks.items()}
    seen = []

    def visit(name):
        if name in seen:
            return [*seen, name]
        seen.append(name)
        for need in standing[name]:
            if found := visit(need):
                return found
        return []

    for name in standing:
        seen.clear()
        if found := visit(name):
            return found
    return []
