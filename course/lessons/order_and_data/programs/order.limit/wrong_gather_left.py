# gets: left-behind
# breaks: like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*(one(name) for name in order))
    return results
