async def notify_all(notify, customers: list[str], limit: int) -> None:
    limiter = anyio.CapacityLimiter(limit)

    async def one(c):
        async with limiter:
            try:
                await notify(c)
            except Exception:
                pass

    async with anyio.create_task_group() as g:
        for c in reversed(customers):
            g.start_soon(one, c)
