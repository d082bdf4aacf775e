# gets: orphans-when-cancelled
async def notify_all(notify, customers, limit):
    waiting = list(customers)
    running = set()
    while waiting or running:
        while waiting and len(running) < limit:
            running.add(asyncio.create_task(notify(waiting.pop(0))))
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.exception()
