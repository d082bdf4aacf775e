# gets: refuses-known
# breaks: known
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks or dependency == name:
                raise GraphError(f"{name!r} waits for {dependency!r}")
