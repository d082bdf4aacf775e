# gets: not-told
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    try:
        async with asyncio.TaskGroup() as group:
            for customer in customers:
                group.create_task(one(customer))
    except* ConnectionError:
        pass
