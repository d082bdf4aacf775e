# gets: retries-everything
# breaks: which
def with_retries(send):
    async def send_with_retries(order):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except OSError:
                if not left:
                    raise

    return send_with_retries
