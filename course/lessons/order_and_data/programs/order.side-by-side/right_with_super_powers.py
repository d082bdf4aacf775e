class Graph:
    def __init__(self):
        self.tasks = dict()

    add_task, check_names, find_cycle = add_task, check_names, find_cycle
    resolve_dependencies = resolve_dependencies


class MyTaskManager(Graph):
    arguments_for = arguments_for

    async def run(self):
        return await run(self)
