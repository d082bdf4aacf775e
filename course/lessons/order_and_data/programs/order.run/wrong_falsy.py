# gets: arguments
# breaks: once
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results)) or True
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
