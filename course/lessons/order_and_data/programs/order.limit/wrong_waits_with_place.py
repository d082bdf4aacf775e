# gets: place-held
# breaks: waiting
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        async with places:
            for need in self.tasks[name].depends_on:
                await done[need].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
