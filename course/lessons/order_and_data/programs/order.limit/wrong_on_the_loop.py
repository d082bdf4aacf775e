# gets: blocks-the-loop
async def on_the_loop(task, *arguments):
    result = task(*arguments)
    return await result if inspect.isawaitable(result) else result


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await on_the_loop(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
