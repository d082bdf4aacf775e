def add_task(self, name, task, dependencies=()):
    if self.tasks.get(name) is not None:
        raise GraphError(f"{name} is taken by {self.tasks[name].task.__name__}")
    self.tasks.update({name: TaskDependency(task=task, depends_on=dependencies)})
