# gets: starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        await run_in_threadpool(push, order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 60
