def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        thread.join()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
