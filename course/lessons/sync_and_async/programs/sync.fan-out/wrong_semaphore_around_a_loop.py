# gets: one-by-one
async def notify_all(notify, customers, limit):
    async with asyncio.Semaphore(limit):
        for customer in customers:
            try:
                await notify(customer)
            except Exception:
                pass
