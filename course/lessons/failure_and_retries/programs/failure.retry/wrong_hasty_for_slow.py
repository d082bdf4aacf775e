# gets: too-hasty
# breaks: limit
def with_retries(send):
    async def send_with_retries(order):
        loop = asyncio.get_running_loop()
        for left in (3, 2, 1, 0):
            begun = loop.time()
            try:
                async with asyncio.timeout(0.2):
                    result = await send(order)
                if loop.time() - begun > 0.1:
                    raise TimeoutError("that was slow")
                return result
            except (ConnectionError, TimeoutError):
                if not left:
                    raise

    return send_with_retries
