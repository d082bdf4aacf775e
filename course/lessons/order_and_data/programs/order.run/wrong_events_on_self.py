# gets: shared
# breaks: apart
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    self.done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await self.done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        self.done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
