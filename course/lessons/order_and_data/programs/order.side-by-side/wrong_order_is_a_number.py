# gets: no-order
def resolve_dependencies(self) -> list[str]:
    return len(self.tasks)


class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run
