# gets: over-the-limit
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(3)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
