# gets: first-error
# breaks: own-error
def with_retries(send):
    async def send_with_retries(order):
        first = None
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                first = first or error
        raise first

    return send_with_retries
