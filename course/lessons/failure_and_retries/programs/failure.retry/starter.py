def with_retries(send):
    """An async function of one argument that calls send(order) and tries again where that makes sense."""

    async def send_with_retries(order):
        return ____

    return send_with_retries
