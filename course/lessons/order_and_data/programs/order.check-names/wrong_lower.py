# gets: accepts-unknown
# breaks: refuses
def check_names(self):
    names = {n.lower() for n in self.tasks}
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency.lower() not in names:
                raise GraphError(f"{name!r} waits for {dependency!r}")
