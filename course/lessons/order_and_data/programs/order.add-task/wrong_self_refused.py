# gets: refused-new
# breaks: later
def add_task(self, name, task, dependencies=()):
    if name in self.tasks or name in dependencies:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
