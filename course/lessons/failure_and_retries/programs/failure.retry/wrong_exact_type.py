# gets: kind-not-retried
# breaks: which
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except Exception as error:
                if type(error) not in (ConnectionError, TimeoutError) or attempt == 3:
                    raise

    return send_with_retries
