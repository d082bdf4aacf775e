async def notify_all(notify, customers, limit):
    limiter = anyio.CapacityLimiter(limit)
    failures = []

    async def one(customer):
        async with limiter:
            try:
                await notify(customer)
            except Exception as error:
                failures.append(error)

    async with anyio.create_task_group() as group:
        for customer in customers:
            group.start_soon(one, customer)
    if failures:
        raise ExceptionGroup("some were not told", failures)
