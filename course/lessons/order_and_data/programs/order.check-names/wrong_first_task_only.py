# gets: refuses-known
# breaks: refuses
def check_names(self):
    name, node = list(self.tasks.items())[-1]
    for dependency in node.depends_on:
        if dependency not in self.tasks:
            raise GraphError(f"{name!r} waits for {dependency!r}")
