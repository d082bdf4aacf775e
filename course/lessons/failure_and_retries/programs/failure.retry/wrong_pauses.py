# gets: too-slow
# breaks: pauses
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(1)

    return send_with_retries
