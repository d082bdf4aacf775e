# gets: slower-after-a-failure
async def notify_all(notify, customers: list[str], limit: int) -> None:
    failed = []
    s = asyncio.Semaphore(limit)

    async def one(c):
        try:
            await notify(c)
        except Exception as e:
            failed.append(e)

    i = 0
    running = set()
    for c in customers:
        while len(running) >= (1 if failed else limit):
            _, running = await asyncio.wait(running, return_when="FIRST_COMPLETED")
        running.add(asyncio.ensure_future(one(c)))
    if running:
        await asyncio.wait(running)
