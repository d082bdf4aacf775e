import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app
