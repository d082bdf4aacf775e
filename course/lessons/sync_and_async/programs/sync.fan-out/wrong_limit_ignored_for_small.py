# gets: over-the-limit
# breaks: limit
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit if len(customers) > 5 else 5)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, customers), return_exceptions=True)
