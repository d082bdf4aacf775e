# gets: starved
def build_orders(push, push_async):
    @asynccontextmanager
    async def lifespan(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 60
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 60
