async def run(self):
    results = {}
    left = list(self.resolve_dependencies())
    running = {}
    try:
        while left or running:
            for name in [n for n in left if all(d in results for d in self.tasks[n].depends_on)]:
                left.remove(name)
                task = asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                running[task] = name
            finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                results[running.pop(task)] = task.result()
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
    return results
