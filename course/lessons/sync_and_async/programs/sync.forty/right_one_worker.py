from contextlib import asynccontextmanager


def build_orders(push, push_async):
    """A queue and one worker: strictly one push at a time."""

    @asynccontextmanager
    async def lifespan(app):
        app.state.queue = asyncio.Queue()

        async def work():
            while True:
                await push_async(await app.state.queue.get())

        worker = asyncio.create_task(work())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        app.state.queue.put_nowait(order_id)

    return app, 1
