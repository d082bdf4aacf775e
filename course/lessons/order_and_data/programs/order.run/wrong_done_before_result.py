# gets: too-early
# breaks: ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        done[name].set()
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
