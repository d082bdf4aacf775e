# gets: overlap
async def run_in_order(self):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*map(one, self.resolve_dependencies()))
    return results
