from typing import Annotated


def build_invoicing(send_invoice):
    app = FastAPI()

    def invoiced(order_id: int, tasks: BackgroundTasks) -> int:
        tasks.add_task(send_invoice, order_id)
        return order_id

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: Annotated[int, Depends(invoiced)]):
        return order_id

    return app
