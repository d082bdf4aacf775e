def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    """Remember `task` under `name`; GraphError if the name is taken."""
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
