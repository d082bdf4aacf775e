# gets: wrong-number
def with_retries(send):
    async def send_with_retries(order):
        counts = {}
        while True:
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                kind = type(error)
                counts[kind] = counts.get(kind, 0) + 1
                if counts[kind] == 4:
                    raise

    return send_with_retries
