async def notify_all(notify, customers: list[str], limit: int) -> None:
    for customer in customers:
        await notify(customer)
