def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((TimeoutError, ConnectionError)),
        wait=wait_random_exponential(multiplier=0.01, max=0.1),
        reraise=True,
    )
    async def attempt(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    async def send_with_retries(order):
        return await attempt(order)

    return send_with_retries
