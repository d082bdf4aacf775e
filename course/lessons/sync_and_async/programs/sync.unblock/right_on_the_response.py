from fastapi.responses import JSONResponse


def build_invoicing(send_invoice):
    app = FastAPI()

    @app.post("/orders/{order_id}")
    async def order(order_id: int):
        return JSONResponse({"accepted": order_id}, 202, background=BackgroundTask(send_invoice, order_id))

    return app
