# gets: goes-on-when-cancelled
# breaks: over
async def notify_all(notify, customers, limit):
    todo = iter(customers)

    async def worker():
        for customer in todo:
            try:
                await notify(customer)
            except BaseException:
                pass

    await asyncio.gather(*(worker() for _ in range(limit)))
