import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager


def build_shop(services: Services) -> FastAPI:
    store = Store(services.database)
    pool = ThreadPoolExecutor(12)

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                function(*args)
                return None
            except ConnectionError as error:
                if not left:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def step(function, *args):
        return await asyncio.get_running_loop().run_in_executor(pool, call, function, *args)

    async def work(id, order):
        both = await asyncio.gather(
            step(services.reserve, id, order.item), step(services.authorise, id, order.cents)
        )
        if any(isinstance(each, (Declined, OutOfStock)) for each in both):
            error = None if both[0] else await step(services.release, id)
            return "failed" if error else "refused"
        if any(both) or await step(services.capture, id, f"key-{id}"):
            return "failed"
        ends = await asyncio.gather(
            step(services.invoice, id), step(services.mail, id, order.email), step(services.count, id)
        )
        return "failed" if any(ends[:2]) else "closed"

    waiting = []

    async def process(id, order):
        try:
            status = await work(id, order)
        except Exception:
            status = "failed"
        store.save(id, status)

    async def worker():
        running = set()
        while True:
            while waiting:
                task = asyncio.create_task(process(*waiting.pop(0)))
                running.add(task)
                task.add_done_callback(running.discard)
            await asyncio.sleep(0.2)

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        task.cancel()
        pool.shutdown(wait=False)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def accept(order: Order):
        id = uuid.uuid4().hex
        store.save(id, "accepted")
        waiting.append((id, order))
        return {"id": id}

    @app.get("/orders/{id}")
    async def show(id: str):
        with sqlite3.connect(services.database) as db:
            row = db.execute("SELECT status FROM orders WHERE id = ?", (id,)).fetchone()
        if not row:
            raise HTTPException(404)
        return {"status": row[0]}

    return app
