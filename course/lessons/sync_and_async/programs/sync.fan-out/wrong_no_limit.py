# gets: over-the-limit
async def notify_all(notify, customers, limit):
    await asyncio.gather(*(notify(customer) for customer in customers), return_exceptions=True)
