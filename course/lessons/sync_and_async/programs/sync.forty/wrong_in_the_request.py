# gets: client-waits
# breaks: client
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await push_async(order_id)

    return app, 60
