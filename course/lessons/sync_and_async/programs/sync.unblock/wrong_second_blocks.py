# gets: others-wait
def build_invoicing(send_invoice) -> FastAPI:
    sent = []
    app = FastAPI()

    async def invoice(order_id: int):
        if sent:
            send_invoice(order_id)
        else:
            sent.append(1)
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
