# gets: looked-up-too-early
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    for dependency in dependencies:
        if dependency not in self.tasks:
            raise GraphError(f"no task is called {dependency!r}")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
