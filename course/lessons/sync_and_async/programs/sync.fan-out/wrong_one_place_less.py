# gets: below-the-limit
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit - 1)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
