# gets: client-waits
# breaks: client
def build_invoicing(send_invoice) -> FastAPI:
    busy = []
    app = FastAPI()

    async def invoice(order_id: int):
        busy.append(1)
        try:
            await run_in_threadpool(send_invoice, order_id)
        finally:
            busy.pop()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        while busy:
            await asyncio.sleep(0.01)
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
