def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        threading.Thread(target=send_invoice, args=[order_id]).start()
        return {"accepted": order_id}

    return app
