# gets: copied-error
# breaks: own-error
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                last = error
        raise type(last)(*last.args)

    return send_with_retries
