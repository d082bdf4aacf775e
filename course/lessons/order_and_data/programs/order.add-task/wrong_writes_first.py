# gets: replaced-and-refused
def add_task(self, name, task, dependencies=()):
    known = name in self.tasks
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
    if known:
        raise GraphError(f"there is a task {name!r} already")
