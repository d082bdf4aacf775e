# gets: takes-a-circle
# breaks: order
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}

    def find_cycle(self):
        return []

    add_task = add_task
    check_names = check_names
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run
