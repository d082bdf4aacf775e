# gets: one-by-one
def with_retries(send):
    lock = asyncio.Lock()

    async def send_with_retries(order):
        async with lock:
            for attempt in range(4):
                try:
                    async with asyncio.timeout(0.2):
                        return await send(order)
                except (ConnectionError, TimeoutError):
                    if attempt == 4 - 1:
                        raise
                    await asyncio.sleep(0.01)

    return send_with_retries
