# gets: orphans
async def notify_all(notify, customers, limit):
    places = asyncio.Semaphore(limit)
    done = 0

    async def one(customer):
        nonlocal done
        async with places:
            try:
                await notify(customer)
            finally:
                done += 1

    kept = [asyncio.create_task(one(customer)) for customer in customers]
    while done < len(customers) - limit:
        await asyncio.sleep(0)
    kept.clear()
