# gets: replaced-and-refused
# breaks: taken
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        del self.tasks[name]
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
