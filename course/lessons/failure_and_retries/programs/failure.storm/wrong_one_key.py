# gets: key-known
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    again = dict(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )

    @retry(**again)
    def charge(order_id):
        bank.charge("payment", order_id)

    @retry(**again)
    def send(order_id):
        post.send(order_id)

    def fulfil(order_id):
        try:
            charge(order_id)
            send(order_id)
        except Declined:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app
