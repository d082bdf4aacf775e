# gets: no-order
def backwards(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)[::-1]


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = backwards
    arguments_for = arguments_for
    run = run
