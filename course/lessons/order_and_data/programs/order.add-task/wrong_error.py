# gets: other-error
# breaks: taken
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise ValueError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
