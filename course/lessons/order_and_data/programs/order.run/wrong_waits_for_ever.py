# gets: hangs
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.wait([asyncio.create_task(run_one(name)) for name in order])
    return results
