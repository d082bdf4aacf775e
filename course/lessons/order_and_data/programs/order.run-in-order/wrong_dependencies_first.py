# gets: twice
async def run_in_order(self):
    results = {}

    async def one(name):
        arguments = [await one(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)
        return results[name]

    for name in self.tasks:
        if name not in results:
            await one(name)
    return results
