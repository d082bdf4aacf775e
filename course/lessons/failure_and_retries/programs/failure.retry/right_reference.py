def with_retries(send):
    """An async function of one argument that calls send(order) and tries again where that makes sense."""

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_random_exponential(multiplier=0.05, max=0.2),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def send_with_retries(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return send_with_retries
