# gets: dropped
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        return
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
