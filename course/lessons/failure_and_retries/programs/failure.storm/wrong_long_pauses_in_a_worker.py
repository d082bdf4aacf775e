# gets: long-pauses
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(5)

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(12)]
        yield
        await queue.join()
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app
