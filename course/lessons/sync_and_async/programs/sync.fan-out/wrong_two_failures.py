# gets: orphans
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    todo = list(customers)
    tasks = [asyncio.create_task(one(c)) for c in todo]
    try:
        await asyncio.gather(*tasks)
    except Exception:
        await asyncio.gather(*(t for t in tasks if not t.done()))
