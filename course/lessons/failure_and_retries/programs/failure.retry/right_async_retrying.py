from tenacity import AsyncRetrying


def with_retries(send):
    async def go(order):
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(4),
            retry=retry_if_exception_type((ConnectionError, TimeoutError)),
            reraise=True,
        ):
            with attempt:
                async with asyncio.timeout(0.2):
                    result = await send(order)
        return result

    return go
