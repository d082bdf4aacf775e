# gets: takes-a-name-twice
def overwrite(self, name, task, dependencies=()):
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = overwrite
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run
