async def run_limited(self, limit):
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
    await queue.join()
    for each in workers:
        each.cancel()
    return results
