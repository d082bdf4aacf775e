# gets: retries-everything
def with_retries(send):
    @retry(stop=stop_after_attempt(4), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go
