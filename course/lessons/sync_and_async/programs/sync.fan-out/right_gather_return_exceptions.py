async def notify_all(notify, customers, limit):
    semaphore = asyncio.Semaphore(limit)

    async def one(customer):
        async with semaphore:
            await notify(customer)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
