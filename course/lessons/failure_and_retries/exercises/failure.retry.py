# %% starter
def with_retries(send):
    """An async function of one argument that calls send(order) and tries again where that makes sense."""

    async def send_with_retries(order):
        return ____

    return send_with_retries


# %% right reference
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


# %% right async_retrying
from tenacity import AsyncRetrying


def with_retries(send):
    async def go(order):
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(4), retry=retry_if_exception_type(OSError), reraise=True
        ):
            with attempt:
                async with asyncio.timeout(0.2):
                    result = await send(order)
        return result

    return go


# %% right callable_object
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


# %% right loop
def with_retries(send):
    async def patient(order):
        for attempt in range(4):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)

    return patient


# %% right recursion
import anyio


def with_retries(send, left=4):
    async def once(order):
        try:
            with anyio.fail_after(0.2):
                return await send(order)
        except (ConnectionError, TimeoutError):
            if left == 1:
                raise
        return await with_retries(send, left - 1)(order)

    return once


# %% wrong two gets gave-up
def with_retries(send):
    @retry(
        stop=stop_after_attempt(2),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong not_at_all gets no-retry
def with_retries(send):
    return send


# %% wrong no_timeout gets no-timeout
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        return await send(order)

    return go


# %% wrong own_error gets other-error
def with_retries(send):
    async def go(order):
        for _ in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                pass
        raise RuntimeError("gave up")

    return go


# %% wrong not_awaited gets result-lost
def with_retries(send):
    async def send_with_retries(order):
        return send(order)

    return send_with_retries


# %% wrong result_dropped gets result-lost
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            await send(order)

    return go


# %% wrong everything gets retries-everything
def with_retries(send):
    @retry(stop=stop_after_attempt(4), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong retry_error gets retry-error
def with_retries(send):
    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type((ConnectionError, TimeoutError)))
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong swallows gets swallowed
def with_retries(send):
    async def go(order):
        for _ in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                pass

    return go


# %% wrong timeout_around_all gets timeout-not-retried
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        return await send(order)

    async def limited(order):
        async with asyncio.timeout(0.2):
            return await go(order)

    return limited


# %% wrong timeout_outside_list gets timeout-not-retried
def with_retries(send):
    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong slow gets too-slow
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
        wait=wait_fixed(5),
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong five gets wrong-number
def with_retries(send):
    @retry(
        stop=stop_after_attempt(5),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong three gets wrong-number
def with_retries(send):
    @retry(
        stop=stop_after_attempt(3),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go
