async def run_limited(self, limit):
    self.check_names()
    self.resolve_dependencies()
    results, free, news = {}, limit, asyncio.Condition()

    async def one(name, node):
        nonlocal free
        async with news:
            await news.wait_for(lambda: free > 0 and set(node.depends_on) <= results.keys())
            free -= 1
        try:
            results[name] = await call(node.task, *self.arguments_for(name, results))
        finally:
            async with news:
                free += 1
                news.notify_all()

    everything = [asyncio.create_task(one(*item)) for item in self.tasks.items()]
    try:
        await asyncio.gather(*everything)
    finally:
        for task in everything:
            task.cancel()
    return results
