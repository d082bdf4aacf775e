import queue
import threading
from contextlib import asynccontextmanager


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    jobs = queue.Queue()

    def work():
        while (job := jobs.get()) is not None:
            send_receipt(*job)

    @asynccontextmanager
    async def lifespan(app):
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        yield
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            worker.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(jobs.put, (new.email, order_id))
        return {"id": order_id}

    return app
