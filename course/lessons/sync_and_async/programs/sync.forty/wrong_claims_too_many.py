# gets: defence-off
# breaks: defence
def build_orders(push, push_async):
    limiter = anyio.CapacityLimiter(10)

    async def rationed(order_id):
        await anyio.to_thread.run_sync(push, order_id, limiter=limiter)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 20
