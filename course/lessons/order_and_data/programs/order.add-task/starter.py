def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    """Remember `task` under `name`; GraphError if the name is taken."""
    if ____:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=____, depends_on=____)
