# gets: too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on[:1]:
            await done[dependency].wait()
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
