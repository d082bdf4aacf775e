# gets: refuses-known
def check_names(self):
    known = set()
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in known:
                raise GraphError(f"{name!r} waits for {dependency!r}")
        known.add(name)
