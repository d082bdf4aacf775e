# gets: others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        send_invoice(order_id)

    kept = set()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        task = asyncio.create_task(invoice(order_id))
        kept.add(task)
        return {"accepted": order_id}

    return app
