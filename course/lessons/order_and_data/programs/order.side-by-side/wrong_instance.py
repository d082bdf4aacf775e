# gets: engine.not-a-function
# breaks: own
class _Manager:
    def __init__(self) -> None:
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


MyTaskManager = _Manager()
