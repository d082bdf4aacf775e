# gets: too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        needs = self.tasks[name].depends_on
        if needs:
            waits = [asyncio.create_task(done[d].wait()) for d in needs]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
