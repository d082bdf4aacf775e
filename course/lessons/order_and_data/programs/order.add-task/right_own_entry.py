from types import SimpleNamespace


def add_task(self, name, task, dependencies=None):
    entry = SimpleNamespace(task=task, depends_on=tuple(dependencies or ()))
    if self.tasks.setdefault(name, entry) is not entry:
        raise GraphError(f"{name} is taken")
