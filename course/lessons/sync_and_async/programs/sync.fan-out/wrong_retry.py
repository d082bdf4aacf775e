# gets: called-again
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def one(customer):
        async with places:
            for _ in range(2):
                try:
                    return await notify(customer)
                except Exception:
                    pass

    await asyncio.gather(*(one(c) for c in customers))
