def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    limiter = anyio.CapacityLimiter(2)

    async def invoice(order_id: int):
        await anyio.to_thread.run_sync(partial(send_invoice, order_id), limiter=limiter)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
