import threading, time
from contextlib import asynccontextmanager


def build_orders(write_audit) -> FastAPI:
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.3) or waiting:
            while waiting:
                write_audit(*waiting.pop(0))

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(waiting.append, ("accepted" if ok else "refused", order.amount))
        return JSONResponse({}, 202 if ok else 400)

    return app
