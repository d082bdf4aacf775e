import contextlib


async def notify_all(notify, customers: list[str], limit: int) -> None:
    waiting = iter(customers)

    async def worker():
        for customer in waiting:
            with contextlib.suppress(Exception):
                await notify(customer)

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
