import json
import sqlite3
from contextlib import asynccontextmanager, closing


class Box:
    """Orders as rows; a worker in the lifespan takes up what is not finished, also after a crash."""

    def __init__(self, path):
        self.path = path
        self.run("CREATE TABLE IF NOT EXISTS box (id TEXT PRIMARY KEY, body TEXT)")

    def run(self, sql, *values):
        with closing(sqlite3.connect(self.path, timeout=10)) as db, db:
            return db.execute(sql, values).fetchall()


def build_shop(services):
    store, box = Store(services.database), Box(services.database)
    wake, jobs = asyncio.Event(), {}

    async def four(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def steps(order_id, order):
        first = await asyncio.gather(
            four(services.reserve, order_id, order["item"]),
            four(services.authorise, order_id, order["cents"]),
            return_exceptions=True,
        )
        if any(isinstance(error, (Declined, OutOfStock)) for error in first):
            if first[0] is None:
                await four(services.release, order_id)
            return "refused"
        if any(first):
            return "failed"
        await four(services.capture, order_id, order_id)
        rest = await asyncio.gather(
            four(services.invoice, order_id),
            four(services.mail, order_id, order["email"]),
            four(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if any(rest[:2]) else "closed"

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)
        box.run("DELETE FROM box WHERE id = ?", order_id)

    async def worker():
        while True:
            wake.clear()
            for order_id, body in box.run("SELECT id, body FROM box"):
                if order_id not in jobs:
                    jobs[order_id] = asyncio.create_task(pipeline(order_id, json.loads(body)))
            await wake.wait()

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        task.cancel()
        if jobs:
            await asyncio.wait(jobs.values())

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def accept(order: Order):
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        box.run("INSERT INTO box VALUES (?, ?)", order_id, order.model_dump_json())
        wake.set()
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str):
        if not (status := store.status(order_id)):
            raise HTTPException(404)
        return {"status": status}

    return app
