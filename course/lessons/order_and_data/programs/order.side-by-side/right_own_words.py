class MyTaskManager:
    def __init__(self):
        self.nodes = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.nodes:
            raise GraphError(f"{name} twice")
        self.nodes[name] = (task, list(dependencies))

    def resolve_dependencies(self):
        for name, (_, needs) in self.nodes.items():
            for need in needs:
                if need not in self.nodes:
                    raise GraphError(f"{name}: what is {need}?")
        return list(
            TopologicalSorter({name: needs for name, (_, needs) in self.nodes.items()}).static_order()
        )

    async def run(self):
        running = {}

        async def one(name):
            task, needs = self.nodes[name]
            return await call(task, *[await running[need] for need in needs])

        async with asyncio.TaskGroup() as group:
            for name in self.resolve_dependencies():
                running[name] = group.create_task(one(name))
        return {name: task.result() for name, task in running.items()}
