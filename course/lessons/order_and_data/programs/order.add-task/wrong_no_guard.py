# gets: replaced
def add_task(self, name, task, dependencies=()):
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
