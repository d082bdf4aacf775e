# gets: attempt-goes-on
# breaks: limit
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            task = asyncio.ensure_future(send(order))
            done, _ = await asyncio.wait([task], timeout=0.2)
            try:
                if not done:
                    raise TimeoutError
                return task.result()
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries
