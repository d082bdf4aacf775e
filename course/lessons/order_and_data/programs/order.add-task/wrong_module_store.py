# gets: shared-names
# breaks: new
_all = set()


def add_task(self, name, task, dependencies=()):
    if name in _all:
        raise GraphError(f"there is a task {name!r} already")
    _all.add(name)
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
