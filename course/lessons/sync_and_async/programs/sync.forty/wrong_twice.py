# gets: wrong-orders
def build_orders(push, push_async):
    limit = asyncio.Semaphore(10)

    async def rationed(order_id):
        async with limit:
            await push_async(order_id)
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 10
