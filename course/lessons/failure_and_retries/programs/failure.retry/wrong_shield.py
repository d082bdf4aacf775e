# gets: attempt-goes-on
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        reraise=True,
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
    )
    async def send_with_retries(order):
        return await asyncio.wait_for(asyncio.shield(send(order)), 0.2)

    return send_with_retries
