# gets: wrong-dependencies
# breaks: later
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=[d for d in dependencies if d in self.tasks])
