import queue
import threading
from contextlib import asynccontextmanager


def build_orders(get_notifications) -> FastAPI:
    jobs = queue.Queue()

    def work():
        while (job := jobs.get()) is not None:
            service, order_id, to = job
            service.send_order_confirmation(order_id, to)

    @asynccontextmanager
    async def lifespan(app):
        worker = threading.Thread(target=work)
        worker.start()
        yield
        jobs.put(None)
        worker.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}/confirm", status_code=202)
    def confirm(
        order_id: int,
        to: str,
        notifications: Annotated[object, Depends(get_notifications)],
        tasks: BackgroundTasks,
    ):
        tasks.add_task(jobs.put, (notifications, order_id, to))
        return {"accepted": order_id}

    return app
