# gets: twice
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        arguments = await asyncio.gather(*map(one, self.tasks[name].depends_on))
        results[name] = await call(self.tasks[name].task, *arguments)
        return results[name]

    await asyncio.gather(
        *(one(name) for name in order if not any(name in n.depends_on for n in self.tasks.values()))
    )
    return results
