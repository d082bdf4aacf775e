# gets: one-by-one
async def run_limited(self, limit):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    order = self.resolve_dependencies()
    for start in range(0, len(order), limit):
        await asyncio.gather(*map(run_one, order[start : start + limit]))
    return results
