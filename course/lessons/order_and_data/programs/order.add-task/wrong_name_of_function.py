# gets: adds-others
# breaks: remembers
def add_task(self, name, task, dependencies=()):
    if task.__name__ in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[task.__name__] = TaskDependency(task=task, depends_on=list(dependencies))
