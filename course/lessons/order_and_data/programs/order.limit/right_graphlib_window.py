async def run_limited(self, limit):
    self.check_names()
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running, ready = {}, {}, []
    try:
        while sorter.is_active():
            ready += sorter.get_ready()
            while ready and len(running) < limit:
                name = ready.pop(0)
                running[
                    asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                ] = name
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                name = running.pop(task)
                results[name] = task.result()
                sorter.done(name)
    finally:
        for task in running:
            task.cancel()
    return results
