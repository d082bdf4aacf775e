async def notify_all(notify, customers: list[str], limit: int) -> None:
    s = asyncio.Semaphore(limit)

    async def one(c):
        async with s:
            await notify(c)

    results = await asyncio.gather(*map(one, customers), return_exceptions=True)
    errors = [r for r in results if isinstance(r, Exception)]
    if errors:
        raise ExceptionGroup("some", errors)
