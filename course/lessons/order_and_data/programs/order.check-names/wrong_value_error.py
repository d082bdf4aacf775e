# gets: other-error
# breaks: refuses
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise ValueError(f"{name!r} waits for {dependency!r}")
