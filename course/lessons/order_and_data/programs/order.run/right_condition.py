async def run(self):
    results, news = {}, asyncio.Condition()

    async def one(name):
        node = self.tasks[name]
        async with news:
            await news.wait_for(lambda: results.keys() >= set(node.depends_on))
        result = await call(node.task, *(results[need] for need in node.depends_on))
        async with news:
            results[name] = result
            news.notify_all()

    async with asyncio.TaskGroup() as group:
        for name in reversed(self.resolve_dependencies()):
            group.create_task(one(name))
    return {name: results[name] for name in self.tasks}
