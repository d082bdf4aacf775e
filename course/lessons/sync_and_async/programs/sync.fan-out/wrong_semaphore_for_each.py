# gets: over-the-limit
async def notify_all(notify, customers, limit):
    async def one(customer):
        async with asyncio.Semaphore(limit):
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
