# gets: starved
def build_orders(push, push_async):
    lock = threading.Lock()

    def one(order_id):
        with lock:
            push(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(one, order_id)

    return app, 1
