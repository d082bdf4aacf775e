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
