# gets: long-pauses
def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_exponential_jitter(multiplier=2, max=30),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app
