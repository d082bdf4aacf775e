# gets: adds-others
# breaks: later
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
    for d in dependencies:
        self.tasks.setdefault(d, TaskDependency(task=task))
