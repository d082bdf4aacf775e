# gets: attempts-shared
# breaks: returns
def with_retries(send):
    tries = 0

    async def send_with_retries(order):
        nonlocal tries
        while True:
            tries += 1
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if tries >= 4:
                    raise

    return send_with_retries
