# gets: swallowed
def with_retries(send):
    async def go(order):
        for _ in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                pass

    return go
