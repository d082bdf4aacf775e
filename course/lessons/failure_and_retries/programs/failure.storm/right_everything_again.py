from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def work(order_id):
        for _ in range(9):
            try:
                await asyncio.to_thread(bank.charge, order_id, order_id)
                break
            except Declined:
                dead(order_id)
                return
            except ConnectionError:
                await asyncio.sleep(0.02)
        for _ in range(9):
            try:
                await asyncio.to_thread(post.send, order_id)
                return
            except ConnectionError:
                await asyncio.sleep(0.02)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app
