class Order(BaseModel):
    amount: int


from fastapi import Request
from starlette.background import BackgroundTask


class Refused(Exception):
    def __init__(self, amount):
        self.amount = amount


def build_orders(write_audit):
    app = FastAPI()

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused):
        task = BackgroundTask(write_audit, "refused", error.amount)
        return JSONResponse({"detail": "no"}, 400, background=task)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        if order.amount < 1:
            raise Refused(order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)

    return app
