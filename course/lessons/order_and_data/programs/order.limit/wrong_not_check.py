# gets: not-refused
# breaks: like-run
async def run_limited(self, limit):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.tasks:
            group.create_task(one(name))
    return results
