# gets: client-waits
def build_invoicing(send_invoice) -> FastAPI:
    lock = asyncio.Lock()
    app = FastAPI()

    async def invoice(order_id: int):
        async with lock:
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        async with lock:
            tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
