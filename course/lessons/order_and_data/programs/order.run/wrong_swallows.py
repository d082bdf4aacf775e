# gets: ran-anyway
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            results[name] = None
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
