async def notify_all(notify, customers, limit):
    queue = asyncio.Queue()
    for customer in customers:
        queue.put_nowait(customer)

    async def worker():
        while not queue.empty():
            try:
                await notify(queue.get_nowait())
            except Exception as error:
                print("not told:", error)

    await asyncio.gather(*(worker() for _ in range(limit)))
