import queue


def build_invoicing(send_invoice) -> FastAPI:
    waiting = queue.SimpleQueue()

    def worker():
        while (order_id := waiting.get()) is not None:
            send_invoice(order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=worker)
        thread.start()
        yield
        waiting.put(None)
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: int):
        waiting.put(order_id)
        return {"accepted": order_id}

    return app
