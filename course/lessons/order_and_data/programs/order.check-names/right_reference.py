def check_names(self) -> None:
    """GraphError if a task waits for a name that no task has."""
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}, and no task is called that")
