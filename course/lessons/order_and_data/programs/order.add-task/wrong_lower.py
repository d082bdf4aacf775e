# gets: refused-new
# breaks: new
def add_task(self, name, task, dependencies=()):
    name = name.lower()
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
