# gets: escaped
# breaks: no-escape
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)
            raise

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app
