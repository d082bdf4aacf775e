# gets: key-known
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id[:5], order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app
