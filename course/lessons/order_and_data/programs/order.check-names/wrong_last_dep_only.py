# gets: accepts-unknown
# breaks: refuses
def check_names(self):
    for name, node in self.tasks.items():
        if node.depends_on and node.depends_on[-1] not in self.tasks:
            raise GraphError(f"{name!r} waits for {node.depends_on[-1]!r}")
