# gets: place-kept
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        await s.acquire()
        await notify(c)
        s.release()

    await asyncio.gather(*map(one, customers), return_exceptions=True)
