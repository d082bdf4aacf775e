# gets: no-timeout
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        return await send(order)

    return go
