# gets: starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    @asynccontextmanager
    async def more_tokens(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 50
        yield

    app = FastAPI(lifespan=more_tokens)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 50
