# gets: left-behind
# breaks: ends
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    running = [asyncio.create_task(one(name)) for name in order]
    if not running:
        return results
    finished, left = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    for task in left:
        task.cancel()
    for task in finished:
        task.result()
    return results
