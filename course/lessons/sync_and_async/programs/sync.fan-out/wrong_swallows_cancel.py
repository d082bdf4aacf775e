# gets: goes-on-when-cancelled
# breaks: over
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except BaseException:
                pass

    for_all = [asyncio.create_task(one(c)) for c in customers]
    for t in for_all:
        try:
            await t
        except BaseException:
            pass
