# gets: error-lost
# breaks: failure
async def run(self):
    results, running = {}, {}

    async def one(name):
        node = self.tasks[name]
        for dependency in node.depends_on:
            await asyncio.wait([running[dependency]])
        if any(d not in results for d in node.depends_on):
            return  # something that it waits for has failed
        try:
            results[name] = await call(node.task, *self.arguments_for(name, results))
        except Exception:
            pass

    for name in self.resolve_dependencies():
        running[name] = asyncio.create_task(one(name))
    await asyncio.gather(*running.values())
    return results
