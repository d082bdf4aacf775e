# gets: forgotten
async def notify_all(notify, customers: list[str], limit: int) -> None:
    places = asyncio.Semaphore(limit)

    async def tell(customer):
        async with places:
            try:
                notify(customer)
            except Exception as error:
                print(customer, error)

    await asyncio.gather(*(tell(c) for c in customers))
