# gets: blocks-the-loop
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def on_the_loop(task, *arguments):
        result = task(*arguments)
        return await result if inspect.isawaitable(result) else result

    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await on_the_loop(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
