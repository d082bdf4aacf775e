def check_names(self) -> None:
    """GraphError if a task waits for a name that no task has."""
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if ____:
                raise GraphError(____)
