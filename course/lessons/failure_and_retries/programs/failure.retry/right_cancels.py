def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            task = asyncio.ensure_future(send(order))
            try:
                done, _ = await asyncio.wait([task], timeout=0.2)
                if not done:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    raise TimeoutError("too slow")
                return task.result()
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
            finally:
                task.cancel()

    return send_with_retries
