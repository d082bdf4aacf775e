async def run(self):
    loop = asyncio.get_running_loop()
    order = self.resolve_dependencies()
    results = {}
    promised = {name: loop.create_future() for name in order}

    async def one(name):
        needs = self.tasks[name].depends_on
        values = [await promised[need] for need in needs]
        value = await call(self.tasks[name].task, *values)
        results[name] = value
        promised[name].set_result(value)

    everything = [asyncio.create_task(one(name)) for name in order]
    try:
        await asyncio.gather(*everything)
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
    return results
