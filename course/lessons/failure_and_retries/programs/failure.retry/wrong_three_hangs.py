# gets: wrong-number-of-hangs
def with_retries(send):
    async def send_with_retries(order):
        hangs = 0
        for left in (3, 2, 1, 0):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except ConnectionError:
                if not left:
                    raise
            except TimeoutError:
                hangs += 1
                if hangs == 3 and left == 1 and not left == 0:
                    raise

    return send_with_retries
