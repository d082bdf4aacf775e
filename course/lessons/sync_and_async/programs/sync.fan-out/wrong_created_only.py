# gets: forgotten
async def notify_all(notify, customers, limit):
    for customer in customers[:limit]:
        asyncio.create_task(notify(customer))
    await asyncio.sleep(100)
