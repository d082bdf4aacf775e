# gets: defence-off
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        await anyio.to_thread.run_sync(push, order_id, limiter=anyio.CapacityLimiter(10))

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10
