# gets: orphans-when-cancelled
async def notify_all(notify, customers, limit):
    places = asyncio.BoundedSemaphore(limit)

    async def one(customer):
        await places.acquire()
        try:
            return await notify(customer)
        finally:
            places.release()

    problems = []
    for task in asyncio.as_completed([one(customer) for customer in customers]):
        try:
            await task
        except Exception as error:
            problems.append(error)
    if problems:
        raise problems[0]
