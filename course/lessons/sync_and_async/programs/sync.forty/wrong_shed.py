# gets: not-pushed
def build_orders(push, push_async):
    app = FastAPI()
    under_way = set()

    @app.get("/health")
    def health():
        return "ok"

    async def push_later(order_id):
        if len(under_way) < 10:
            under_way.add(order_id)
            await push_async(order_id)
            under_way.discard(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10
