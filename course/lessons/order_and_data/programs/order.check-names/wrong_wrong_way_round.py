# gets: refuses-known
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")
