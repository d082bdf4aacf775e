async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        while not all(d in results for d in self.tasks[name].depends_on):
            await asyncio.sleep(0.001)
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
