def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.3)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
