def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_random_exponential(multiplier=0.05, max=0.2),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def fulfil(order_id: str) -> None:
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app
