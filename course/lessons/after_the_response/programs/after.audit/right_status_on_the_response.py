class Order(BaseModel):
    amount: int


from fastapi import Response


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders")
    def order(order: Order, response: Response, tasks: BackgroundTasks):
        good = order.amount > 0
        response.status_code = 202 if good else 400
        verdict = "accepted" if good else "refused"
        tasks.add_task(lambda: write_audit(verdict, order.amount))
        return {"verdict": verdict}

    return app
