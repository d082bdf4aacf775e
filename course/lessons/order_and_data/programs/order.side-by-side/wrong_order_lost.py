# gets: no-order
def forgets(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)[:3]


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = lambda self: list(self.tasks) if len(self.tasks) == 1 else forgets(self)
    arguments_for = arguments_for
    run = run
