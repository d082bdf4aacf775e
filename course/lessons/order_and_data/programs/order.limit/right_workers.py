async def run_limited(self, limit):
    self.resolve_dependencies()
    results, queue = {}, asyncio.Queue()
    left = {name: len(node.depends_on) for name, node in self.tasks.items()}
    for name in left:
        if not left[name]:
            queue.put_nowait(name)

    async def worker():
        while True:
            name = await queue.get()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            for other, node in self.tasks.items():
                if name in node.depends_on:
                    left[other] -= 1
                    if not left[other]:
                        queue.put_nowait(other)
            queue.task_done()

    workers = [asyncio.create_task(worker()) for _ in range(limit)]
    everything = asyncio.create_task(queue.join())
    try:
        ended, _ = await asyncio.wait([everything, *workers], return_when=asyncio.FIRST_COMPLETED)
        for each in ended:
            each.result()
    finally:
        for each in [everything, *workers]:
            each.cancel()
    return results
