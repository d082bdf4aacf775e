# gets: not-all-sent
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    busy = threading.Lock()

    def invoice(order_id: int):
        if busy.acquire(blocking=False):
            try:
                send_invoice(order_id)
            finally:
                busy.release()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
