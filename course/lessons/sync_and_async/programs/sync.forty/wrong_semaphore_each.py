# gets: defence-off
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    async def rationed(order_id):
        async with asyncio.Semaphore(10):
            await push_async(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 10
