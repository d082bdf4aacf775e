async def run(self):
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running = {}, set()

    async def one(name):
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        return name

    while sorter.is_active():
        running |= {asyncio.create_task(one(name)) for name in sorter.get_ready()}
        ended, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            sorter.done(task.result())
    return results
