async def run(self):
    self.check_names()
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running = {}, set()

    async def one(name):
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        return name

    try:
        while sorter.is_active():
            running |= {asyncio.create_task(one(name)) for name in sorter.get_ready()}
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running -= ended
            for task in ended:
                sorter.done(task.result())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results
