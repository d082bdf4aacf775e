# gets: no-results
# breaks: run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        await run(self)
