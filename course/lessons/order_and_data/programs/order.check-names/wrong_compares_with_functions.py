# gets: refuses-known
def check_names(self):
    known = [node.task.__name__ for node in self.tasks.values()]
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in known:
                raise GraphError(f"{name!r} waits for {dependency!r}")
