from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter


class Sender:
    def __init__(self, send):
        self.send = send
        self.policy = AsyncRetrying(
            stop=stop_after_attempt(4),
            wait=wait_exponential_jitter(multiplier=0.02, jitter=0.02, max=0.1),
            retry=retry_if_exception(lambda error: isinstance(error, (ConnectionError, TimeoutError))),
            reraise=True,
        )

    async def __call__(self, order):
        return await self.policy(self.attempt, order)

    async def attempt(self, order):
        return await asyncio.wait_for(self.send(order), timeout=0.2)


def with_retries(send):
    return Sender(send)
