# gets: result-lost
def with_retries(send):
    async def send_with_retries(order):
        return send(order)

    return send_with_retries
