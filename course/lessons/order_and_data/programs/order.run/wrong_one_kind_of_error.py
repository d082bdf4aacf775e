# gets: error-lost
# breaks: failure
async def run(self):
    results = {}
    done = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in done:
                group.create_task(one(name))
    except* ValueError:
        pass
    return results
