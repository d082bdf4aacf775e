# gets: too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        arguments = [results.get(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)

    await asyncio.gather(*map(one, order))
    return results
