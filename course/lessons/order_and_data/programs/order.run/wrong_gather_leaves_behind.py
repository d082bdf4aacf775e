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

    await asyncio.gather(*(one(name) for name in order))
    return results
