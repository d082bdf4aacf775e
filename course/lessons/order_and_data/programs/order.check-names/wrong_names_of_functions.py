# gets: accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if not isinstance(dependency, str):
                raise GraphError(f"{name!r} waits for {dependency!r}")
