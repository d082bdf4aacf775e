# gets: ran-anyway
# breaks: failure
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    errors = []

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception as error:
            errors.append(error)
            results[name] = None
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    if errors:
        raise errors[0]
    return results
