# gets: not-a-pair
def build_orders(push, push_async):
    lock = asyncio.Lock()

    async def one(order_id):
        async with lock:
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(one, order_id)

    return app, True
