class NotTold(Exception):
    pass


async def notify_all(notify, customers, limit):
    failed, left = [], list(reversed(customers))

    async def worker():
        while left:
            customer = left.pop()
            try:
                await notify(customer)
            except Exception:
                failed.append(customer)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(limit, len(customers))):
            group.create_task(worker())
    if failed:
        raise NotTold(f"{len(failed)} of {len(customers)}: {failed}")
