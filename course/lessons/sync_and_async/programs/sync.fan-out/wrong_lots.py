# gets: in-lots
async def notify_all(notify, customers, limit):
    for start in range(0, len(customers), limit):
        lot = customers[start : start + limit]
        await asyncio.gather(*map(notify, lot), return_exceptions=True)
