# gets: too-many
# breaks: limit
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        task, arguments = self.tasks[name].task, self.arguments_for(name, results)
        if inspect.iscoroutinefunction(task):
            async with places:
                results[name] = await task(*arguments)
        else:
            results[name] = await run_in_threadpool(task, *arguments)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
