# gets: before-response
from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    class Refused(Exception):
        pass

    @app.exception_handler(Refused)
    def refused(request, error):
        write_audit("refused", error.args[0])
        return JSONResponse({}, 400)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            raise Refused(order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)

    return app
