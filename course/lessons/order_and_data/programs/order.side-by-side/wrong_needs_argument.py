# gets: engine.signature
# breaks: apart
class MyTaskManager:
    def __init__(self, tasks) -> None:
        self.tasks = tasks

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run
