def build_orders(push, push_async):
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.2) or waiting:
            while True:
                try:
                    order_id = waiting.pop(0)
                except IndexError:
                    break
                push(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        ended.set()
        for thread in threads:
            await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, order_id)

    return app, 2
