from fastapi import Depends, Response


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    def audited(order: Order):
        verdict = "refused"
        if order.amount > 0:
            verdict = "accepted"
        yield verdict
        write_audit(verdict, order.amount)

    @app.post("/orders")
    def order(response: Response, verdict: str = Depends(audited)):
        response.status_code = 202 if verdict == "accepted" else 400

    return app
