# gets: not-told
async def notify_all(notify, customers, limit):
    waiting = list(customers)

    async def worker():
        while waiting:
            await notify(waiting.pop(0))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(limit):
                group.create_task(worker())
    except ExceptionGroup:
        pass
