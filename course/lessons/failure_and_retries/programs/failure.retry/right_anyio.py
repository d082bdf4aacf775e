def with_retries(send):
    async def send_with_retries(order):
        import anyio

        for left in (3, 2, 1, 0):
            try:
                with anyio.fail_after(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if not left:
                    raise
                await anyio.sleep(0.02)

    return send_with_retries
