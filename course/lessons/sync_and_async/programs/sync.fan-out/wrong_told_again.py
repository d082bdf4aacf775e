# gets: told-twice
# breaks: once
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            await notify(customer)

    await asyncio.gather(*map(one, customers), one(customers[1]), return_exceptions=True)
