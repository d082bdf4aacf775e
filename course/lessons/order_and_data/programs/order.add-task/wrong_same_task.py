# gets: refused-new
# breaks: new
def add_task(self, name, task, dependencies=()):
    if name in self.tasks or task in [n.task for n in self.tasks.values()]:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
