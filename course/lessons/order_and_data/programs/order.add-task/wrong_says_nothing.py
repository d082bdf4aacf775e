# gets: unnamed
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError("duplicate task")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
