import asyncio
from contextlib import asynccontextmanager


def build_orders(get_notifications) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.queue = asyncio.Queue()

        async def work():
            while True:
                service, order_id, to = await app.state.queue.get()
                await asyncio.to_thread(service.send_order_confirmation, order_id, to)
                app.state.queue.task_done()

        worker = asyncio.create_task(work())
        yield
        await app.state.queue.join()
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    async def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(app.state.queue.put_nowait, (notifications, order_id, to))
        return {"accepted": order_id}

    return app
