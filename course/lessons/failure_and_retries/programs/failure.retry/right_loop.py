def with_retries(send):
    async def patient(order):
        for attempt in range(4):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)

    return patient
