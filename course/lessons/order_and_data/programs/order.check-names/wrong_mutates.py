# gets: changed
# breaks: unchanged
def check_names(self):
    for name, node in list(self.tasks.items()):
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                del self.tasks[name]
                raise GraphError(f"{name!r} waits for {dependency!r}")
