# gets: wrong-limit
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        reraise=True,
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
    )
    async def send_with_retries(order):
        async with asyncio.timeout(0.02):
            return await send(order)

    return send_with_retries
