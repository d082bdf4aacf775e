# gets: one-by-one
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore()

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
