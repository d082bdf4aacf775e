def build_invoicing(send_invoice) -> FastAPI:
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.4) or waiting:
            while waiting:
                send_invoice(waiting.pop(0))

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, order_id)
        return {"accepted": order_id}

    return app
