# gets: not-told
async def notify_all(notify, customers: list[str], limit: int) -> None:
    todo = iter(customers)

    async def work():
        for c in todo:
            await notify(c)

    await asyncio.gather(*(work() for _ in range(limit)), return_exceptions=True)
