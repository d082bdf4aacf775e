# gets: timeout-not-retried
def with_retries(send):
    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go
