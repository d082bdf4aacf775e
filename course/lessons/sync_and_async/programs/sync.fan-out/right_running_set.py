async def notify_all(notify, customers: list[str], limit: int) -> None:
    todo, running = list(customers), set()

    async def quiet(c):
        try:
            await notify(c)
        except Exception:
            pass

    try:
        while todo or running:
            while todo and len(running) < limit:
                running.add(asyncio.create_task(quiet(todo.pop())))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for t in running:
            t.cancel()
        await asyncio.gather(*running, return_exceptions=True)
