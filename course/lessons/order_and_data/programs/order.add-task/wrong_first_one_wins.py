# gets: dropped
def add_task(self, name, task, dependencies=()):
    self.tasks.setdefault(name, TaskDependency(task=task, depends_on=list(dependencies)))
