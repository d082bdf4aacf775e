# gets: forgotten
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    await asyncio.gather(*map(one, dict.fromkeys(customers)), return_exceptions=True)
