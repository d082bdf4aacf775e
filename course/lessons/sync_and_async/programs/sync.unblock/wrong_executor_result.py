# gets: loop-waits
def build_invoicing(send_invoice) -> FastAPI:
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(2)
    app = FastAPI()

    async def invoice(order_id: int):
        pool.submit(send_invoice, order_id).result()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
