# gets: not-told
# breaks: failure
async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            try:
                await notify(c)
            except (ConnectionError, ValueError, RuntimeError):
                pass

    async with asyncio.TaskGroup() as g:
        for c in customers:
            g.create_task(one(c))
