# gets: failed
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        def later():
            loop = asyncio.get_running_loop()
            loop.call_soon(send_invoice, order_id)

        await run_in_threadpool(later)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
