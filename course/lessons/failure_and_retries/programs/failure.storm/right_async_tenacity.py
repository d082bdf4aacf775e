from fastapi.responses import Response
from starlette.background import BackgroundTask
from tenacity import AsyncRetrying


def build_shop(bank, post, dead, Declined):
    def again():
        return AsyncRetrying(
            stop=stop_after_attempt(4),
            wait=wait_exponential_jitter(multiplier=0.01, jitter=0.02, max=0.1),
            retry=retry_if_exception_type(ConnectionError),
            reraise=True,
        )

    async def in_thread(function, *args):
        return await again()(asyncio.to_thread, function, *args)

    @guarded
    async def fulfil(order_id):
        try:
            await in_thread(bank.charge, f"charge {order_id}", order_id)
        except (Declined, ConnectionError):
            dead(order_id)
            return
        await in_thread(post.send, order_id)

    app = FastAPI()

    @app.post("/orders")
    def order(order: Order):
        return Response(status_code=202, background=BackgroundTask(fulfil, order.id))

    return app
