# gets: too-many
# breaks: limit
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    inside = 0

    async def one(name):
        nonlocal inside
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        while inside > limit:
            await asyncio.sleep(0)
        inside += 1
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finally:
            inside -= 1
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
