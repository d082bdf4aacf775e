# gets: wrong-limit
# breaks: limit
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.5):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(0.01)

    return send_with_retries
