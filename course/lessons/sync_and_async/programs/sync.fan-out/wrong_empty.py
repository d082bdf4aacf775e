# gets: engine.raised
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except Exception:
                pass

    await asyncio.wait([asyncio.ensure_future(one(c)) for c in customers])
