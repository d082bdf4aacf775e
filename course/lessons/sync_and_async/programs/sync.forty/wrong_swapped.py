# gets: not-a-pair
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return 60, app
