async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def tell(customer: str) -> None:
        async with places:
            try:
                await notify(customer)
            except Exception:
                pass  # a real program would log it

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(tell(customer))
