# gets: shared
async def run(self):
    self.results = {}
    self.done = {name: asyncio.Event() for name in self.tasks}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await self.done[dependency].wait()
        arguments = self.arguments_for(name, self.results)
        self.results[name] = await call(self.tasks[name].task, *arguments)
        self.done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            group.create_task(run_one(name))
    return self.results
