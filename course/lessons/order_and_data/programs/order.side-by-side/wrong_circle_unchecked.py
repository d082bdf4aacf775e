# gets: takes-a-circle
def trusting(self):
    self.check_names()
    order = []
    for _ in self.tasks:
        order += [
            n for n, node in self.tasks.items() if n not in order and set(node.depends_on) <= set(order)
        ]
    return order


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = trusting
    arguments_for = arguments_for
    run = run
