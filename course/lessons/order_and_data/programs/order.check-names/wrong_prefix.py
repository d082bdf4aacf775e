# gets: accepts-unknown
# breaks: refuses
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if not any(dependency in n for n in self.tasks):
                raise GraphError(f"{name!r} waits for {dependency!r}")
