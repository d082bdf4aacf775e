async def notify_all(notify, customers, limit):
    places = asyncio.BoundedSemaphore(limit)

    async def one(customer):
        await places.acquire()
        try:
            return await notify(customer)
        finally:
            places.release()

    tasks = [asyncio.create_task(one(customer)) for customer in customers]
    problems = []
    try:
        for task in asyncio.as_completed(tasks):
            try:
                await task
            except Exception as error:
                problems.append(error)
    except asyncio.CancelledError:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
    if problems:
        raise problems[0]
