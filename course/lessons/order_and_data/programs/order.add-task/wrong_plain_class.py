# gets: shared-list
class Entry:
    def __init__(self, task, depends_on):
        self.task, self.depends_on = task, depends_on


def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = Entry(task, dependencies)
