# gets: not-pushed
# breaks: pushed
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        if order_id % 10:
            tasks.add_task(push_async, order_id)

    return app, 54
