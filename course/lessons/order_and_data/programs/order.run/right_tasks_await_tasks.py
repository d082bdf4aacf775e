async def run(self):
    running = {}

    async def one(node):
        arguments = [await running[d] for d in node.depends_on]
        return await call(node.task, *arguments)

    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            running[name] = group.create_task(one(self.tasks[name]))
    return {name: task.result() for name, task in running.items()}
