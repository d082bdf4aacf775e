# gets: results-mixed-up
def with_retries(send):
    known = {}

    async def send_with_retries(order):
        if "r" in known:
            return known["r"]
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    known["r"] = await send(order)
                    return known["r"]
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries
