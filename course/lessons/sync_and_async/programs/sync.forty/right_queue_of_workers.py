def build_orders(push, push_async):
    queue, workers = asyncio.Queue(), 7

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await push_async(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        running = [asyncio.create_task(worker()) for _ in range(workers)]
        yield
        await queue.join()
        for each in running:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        queue.put_nowait(order_id)

    return app, workers
