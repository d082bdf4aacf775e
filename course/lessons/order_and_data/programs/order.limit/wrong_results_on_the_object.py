# gets: shared
# breaks: like-run
async def run_limited(self, limit):
    self.results, places = {}, asyncio.Semaphore(limit)
    done = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            self.results[name] = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in done:
            group.create_task(one(name))
    return self.results
