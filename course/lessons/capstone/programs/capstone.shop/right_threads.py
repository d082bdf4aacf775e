from concurrent.futures import ThreadPoolExecutor
from starlette.background import BackgroundTask
from fastapi.responses import JSONResponse


class Shop:
    def __init__(self, services):
        self.services = services
        self.store = Store(services.database)
        self.pool = ThreadPoolExecutor(10)

    @retry(
        stop=stop_after_attempt(5),
        wait=wait_none(),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def again(self, step, *args):
        getattr(self.services, step)(*args)

    def together(self, *calls):
        futures = [self.pool.submit(self.again, *call) for call in calls]
        return [future.exception() for future in futures]

    def process(self, order_id, order):
        status = "failed"
        try:
            status = self.steps(order_id, order)
        except (Declined, OutOfStock):
            status = "refused"
        except ConnectionError:
            pass
        finally:
            self.store.save(order_id, status)

    def steps(self, order_id, order):
        stock, money = self.together(("reserve", order_id, order.item), ("authorise", order_id, order.cents))
        if money and not stock:
            self.again("release", order_id)
        for error in (stock, money):
            if error:
                raise error
        self.again("capture", order_id, order_id)
        problems = self.together(("invoice", order_id), ("mail", order_id, order.email), ("count", order_id))
        return "failed" if any(problems[:2]) else "closed"


def build_shop(services):
    shop = Shop(services)
    app = FastAPI()

    @app.post("/orders")
    def accept(order: Order):
        order_id = uuid.uuid4().hex
        shop.store.save(order_id, "accepted")
        return JSONResponse({"id": order_id}, 202, background=BackgroundTask(shop.process, order_id, order))

    @app.get("/orders/{order_id}")
    def show(order_id: str):
        status = shop.store.status(order_id)
        if not status:
            raise HTTPException(404)
        return {"status": status}

    return app
