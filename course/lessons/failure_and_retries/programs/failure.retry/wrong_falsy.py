# gets: result-retried
# breaks: returns
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    if result := await send(order):
                        return result
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries
