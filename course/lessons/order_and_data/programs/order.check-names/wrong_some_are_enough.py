# gets: accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        if node.depends_on and not any(d in self.tasks for d in node.depends_on):
            raise GraphError(f"{name!r} waits for {node.depends_on!r}")
