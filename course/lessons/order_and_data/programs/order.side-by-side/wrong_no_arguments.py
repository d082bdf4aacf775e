# gets: hands-on-nothing
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = lambda self, name, results: []
    run = run
