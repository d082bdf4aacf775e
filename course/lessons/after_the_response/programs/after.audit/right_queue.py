import asyncio
from contextlib import asynccontextmanager
from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        queue = app.state.queue = asyncio.Queue()

        async def work():
            while (entry := await queue.get()) is not None:
                await run_in_threadpool(write_audit, *entry)

        worker = asyncio.create_task(work())
        yield
        await queue.put(None)
        await worker

    app = FastAPI(lifespan=lifespan)

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(app.state.queue.put, ("accepted" if ok else "refused", order.amount))
        return JSONResponse({}, 202 if ok else 400)

    return app
