# gets: orphans
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    try:
        await asyncio.gather(*map(one, customers))
    except ConnectionError:
        pass
