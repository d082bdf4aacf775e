# gets: over-the-limit
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit + 1)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
