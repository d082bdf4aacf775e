# gets: called
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    result = task()
    self.tasks[name] = TaskDependency(task=lambda: result, depends_on=list(dependencies))
