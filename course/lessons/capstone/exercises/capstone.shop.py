# %% starter
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        return ____

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        return ____

    return app


# %% right reference
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    again = retry_transient(
        ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
    )
    manager = TaskManager(inputs=["order_id", "order"])  # one, with one pool of threads, for all orders

    def add(name, function, after=()):
        manager.add_task(name, function, ["order_id", "order", *after], retry=again)

    add("reserve", lambda order_id, order: services.reserve(order_id, order.item))
    add("authorise", lambda order_id, order: services.authorise(order_id, order.cents))
    add("capture", lambda order_id, order: services.capture(order_id, order_id), ["reserve", "authorise"])
    add("invoice", lambda order_id, order: services.invoice(order_id), ["capture"])
    add("mail", lambda order_id, order: services.mail(order_id, order.email), ["capture"])
    add("count", lambda order_id, order: services.count(order_id), ["capture"])

    @again.wraps
    async def put_back(order_id: str) -> None:
        await asyncio.to_thread(services.release, order_id)

    async def refuse(order_id: str, reserved: bool) -> str:
        try:
            if reserved:
                await put_back(order_id)
        except ConnectionError:
            return "failed"
        return "refused"

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            status = await refuse(order_id, reserved=report["reserve"].outcome is Outcome.DONE)
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% right outbox_worker
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
    def accept(order: Order):
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


# %% right task_group
def build_shop(services):
    app = FastAPI()
    store = Store(services.database)

    async def call(function, *args):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(0.01)

    async def both(*jobs):
        results = await asyncio.gather(*jobs, return_exceptions=True)
        return [error for error in results if error is not None]

    async def work(order_id, order):
        errors = await both(
            call(services.reserve, order_id, order.item), call(services.authorise, order_id, order.cents)
        )
        if errors:
            no = any(isinstance(error, (Declined, OutOfStock)) for error in errors)
            if no and services.did("reserve", order_id):
                await call(services.release, order_id)
            return "refused" if no else "failed"
        try:
            await call(services.capture, order_id, "capture-" + order_id)
        except ConnectionError:
            return "failed"
        async with asyncio.TaskGroup() as group:
            counted = group.create_task(both(call(services.count, order_id)))
            errors = await both(call(services.invoice, order_id), call(services.mail, order_id, order.email))
        assert counted.done()
        return "failed" if errors else "closed"

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks):
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id, "status": "accepted"}

    @app.get("/orders/{order_id}")
    async def show(order_id):
        if (status := store.status(order_id)) is None:
            raise HTTPException(404)
        return {"id": order_id, "status": status}

    return app


# %% right threads
from concurrent.futures import ThreadPoolExecutor
from starlette.background import BackgroundTask
from fastapi.responses import JSONResponse


class Shop:
    def __init__(self, services):
        self.services = services
        self.store = Store(services.database)
        self.pool = ThreadPoolExecutor(10)

    @retry(
        stop=stop_after_attempt(5),
        wait=wait_none(),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def again(self, step, *args):
        getattr(self.services, step)(*args)

    def together(self, *calls):
        futures = [self.pool.submit(self.again, *call) for call in calls]
        return [future.exception() for future in futures]

    def process(self, order_id, order):
        status = "failed"
        try:
            status = self.steps(order_id, order)
        except (Declined, OutOfStock):
            status = "refused"
        except ConnectionError:
            pass
        finally:
            self.store.save(order_id, status)

    def steps(self, order_id, order):
        stock, money = self.together(("reserve", order_id, order.item), ("authorise", order_id, order.cents))
        if isinstance(money, Declined) and not stock:
            self.again("release", order_id)
        for error in (stock, money):
            if error:
                raise error
        self.again("capture", order_id, order_id)
        problems = self.together(("invoice", order_id), ("mail", order_id, order.email), ("count", order_id))
        return "failed" if any(problems[:2]) else "closed"


def build_shop(services):
    shop = Shop(services)
    app = FastAPI()

    @app.post("/orders")
    def accept(order: Order):
        order_id = uuid.uuid4().hex
        shop.store.save(order_id, "accepted")
        return JSONResponse({"id": order_id}, 202, background=BackgroundTask(shop.process, order_id, order))

    @app.get("/orders/{order_id}")
    def show(order_id: str):
        status = shop.store.status(order_id)
        if not status:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right created_task
from starlette.concurrency import run_in_threadpool


class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    running = set()
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await run_in_threadpool(store.save, order_id, "accepted")  # services have the other pool
        task = asyncio.create_task(pipeline(order_id, order))
        running.add(task)
        task.add_done_callback(running.discard)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% right polling_outbox
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


# %% right retry_transient
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    again = retry_transient(attempts=4, idempotent=True)
    manager = TaskManager(inputs=["order_id", "order"])
    manager.add_task(
        "reserve",
        lambda order_id, order: services.reserve(order_id, order.item),
        ["order_id", "order"],
        retry=again,
    )
    manager.add_task(
        "authorise",
        lambda order_id, order: services.authorise(order_id, order.cents),
        ["order_id", "order"],
        retry=again,
    )
    manager.add_task(
        "capture",
        lambda order_id: services.capture(order_id, order_id),
        ["order_id", "reserve", "authorise"],
        retry=again,
    )
    manager.add_task(
        "invoice", lambda order_id: services.invoice(order_id), ["order_id", "capture"], retry=again
    )
    manager.add_task(
        "mail",
        lambda order_id, order: services.mail(order_id, order.email),
        ["order_id", "order", "capture"],
        retry=again,
    )
    manager.add_task("count", lambda order_id: services.count(order_id), ["order_id", "capture"], retry=again)

    release = TaskManager(inputs=["order_id"])
    release.add_task("release", lambda order_id: services.release(order_id), ["order_id"], retry=again)

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        errors = {name: report[name].error for name in report if report[name].error is not None}
        status = "failed" if errors.keys() - {"count"} else "closed"
        if any(isinstance(error, Declined | OutOfStock) for error in errors.values()):
            status = "refused"
            if report["reserve"].outcome is Outcome.DONE:
                put_back = await release.run(order_id=order_id)
                if put_back["release"].error is not None:
                    status = "failed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong new_key gets charged-twice
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, uuid.uuid4().hex), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong key_per_call gets charged-twice breaks key
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(lambda: s.capture(order_id, uuid.uuid4().hex))
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong inline gets client-waits breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        await pipeline(order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong closes_before_the_mail gets closed-too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        manager.add_task("close", lambda: store.save(order_id, "closed"), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong hopes_for_the_best gets lost breaks retries
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=2, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if "invoice" in failed else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong unknown_order gets engine.endpoint-raised
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        return {"id": order_id, "status": status}

    return app


# %% wrong wrong_status_code gets engine.wrong-status
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=200)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong escapes gets escaped
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
            if order.item == "gold":
                store.save(order_id, status)
                raise OutOfStock(order_id)
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong typo gets escaped
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def process(order_id: str, order: Order) -> None:
        services.reserv(order_id, order.item)
        store.save(order_id, "closed")

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong raises gets escaped breaks guarded
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            await asyncio.to_thread(self.store.save, order_id, "failed")
            raise
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong closes_at_once gets final-too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "closed")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong in_memory gets not-stored breaks stored
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    statuses = {}

    class store:
        save = statuses.__setitem__
        status = statuses.get

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong reads_dict gets asks-memory breaks status
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    known = {}
    table = Store(services.database)

    class Mine:
        def save(self, id, status):
            known[id] = status
            table.save(id, status)

        status = staticmethod(known.get)

    store = Mine()
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong status_in_dict gets not-stored breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    known = {}

    class Mine:
        save = known.__setitem__
        status = known.get

    store = Mine
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong stored_after gets not-stored breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        self.store.save(order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, _ = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        tasks.add_task(store.save, order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong final_in_memory gets forgotten breaks status
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store, self.ends = services, store, {}

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        self.ends[order_id] = status

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": pipeline.ends.get(order_id, status)}

    return app


# %% wrong no_retries gets lost
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong two_attempts gets lost
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=2, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong names_no_error gets answer-lost breaks retries
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
    manager = TaskManager(inputs=["order_id", "order"])  # one, with one pool of threads, for all orders

    def add(name, function, after=()):
        manager.add_task(name, function, ["order_id", "order", *after], retry=again)

    add("reserve", lambda order_id, order: services.reserve(order_id, order.item))
    add("authorise", lambda order_id, order: services.authorise(order_id, order.cents))
    add("capture", lambda order_id, order: services.capture(order_id, order_id), ["reserve", "authorise"])
    add("invoice", lambda order_id, order: services.invoice(order_id), ["capture"])
    add("mail", lambda order_id, order: services.mail(order_id, order.email), ["capture"])
    add("count", lambda order_id, order: services.count(order_id), ["capture"])

    @again.wraps
    async def put_back(order_id: str) -> None:
        await asyncio.to_thread(services.release, order_id)

    async def refuse(order_id: str, reserved: bool) -> str:
        try:
            if reserved:
                await put_back(order_id)
        except ConnectionError:
            return "failed"
        return "refused"

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            status = await refuse(order_id, reserved=report["reserve"].outcome is Outcome.DONE)
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong names_no_error_for_release gets answer-lost breaks retries
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    again = retry_transient(
        ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
    )
    manager = TaskManager(inputs=["order_id", "order"])  # one, with one pool of threads, for all orders

    def add(name, function, after=()):
        manager.add_task(name, function, ["order_id", "order", *after], retry=again)

    add("reserve", lambda order_id, order: services.reserve(order_id, order.item))
    add("authorise", lambda order_id, order: services.authorise(order_id, order.cents))
    add("capture", lambda order_id, order: services.capture(order_id, order_id), ["reserve", "authorise"])
    add("invoice", lambda order_id, order: services.invoice(order_id), ["capture"])
    add("mail", lambda order_id, order: services.mail(order_id, order.email), ["capture"])
    add("count", lambda order_id, order: services.count(order_id), ["capture"])

    @retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)).wraps
    async def put_back(order_id: str) -> None:
        await asyncio.to_thread(services.release, order_id)

    async def refuse(order_id: str, reserved: bool) -> str:
        try:
            if reserved:
                await put_back(order_id)
        except ConnectionError:
            return "failed"
        return "refused"

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            status = await refuse(order_id, reserved=report["reserve"].outcome is Outcome.DONE)
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_retry_authorise gets lost breaks retries
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            asyncio.to_thread(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_retry_count gets lost breaks retries
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            asyncio.to_thread(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong three_tries gets lost breaks retries
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_capture gets missing-step
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: None, ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong no_id gets no-id
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"order": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong plain_text gets no-id
from fastapi.responses import PlainTextResponse


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=202)
    def accept(order: Order) -> PlainTextResponse:
        return PlainTextResponse("thank you", 202)

    return app


# %% wrong retries_refusals gets no-is-no
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(Exception, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong retry_all gets no-is-no breaks refusal
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except Exception:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_status gets no-status
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id}

    return app


# %% wrong never_closed gets not-closed
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        return None

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong failed_is_closed gets not-failed
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong down_is_refused gets not-failed breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, Exception) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong mail_does_not_matter gets not-failed breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong invoice_blocks_mail gets not-isolated
def _mail(services, order_id, order):
    import time

    for _ in range(100):
        if services.calls(order_id).count("invoice") > 1:
            raise ValueError("no mail without an invoice")
        if (
            services.did("invoice", order_id)
            or services.calls(order_id).count("invoice") == 1
            and services._gates
        ):
            break
        time.sleep(0.005)
    services.mail(order_id, order.email)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add(
            "mail",
            lambda: services.did("capture", order_id) and _mail(services, order_id, order),
            ["capture"],
        )
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong one_breaks_all gets not-isolated breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        ends = [
            asyncio.create_task(self.step(*each))
            for each in ((s.invoice, order_id), (s.mail, order_id, order.email), (s.count, order_id))
        ]
        done, rest = await asyncio.wait(ends, return_when=asyncio.FIRST_EXCEPTION)
        for task in rest:
            task.cancel()
        for task in ends[:2]:
            if task in rest or task.exception():
                return "failed"
        return "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong one_after_the_other gets not-parallel
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents), ["reserve"])
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong authorise_first gets not-parallel breaks graph
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        [authorised] = await asyncio.gather(
            self.step(s.authorise, order_id, order.cents), return_exceptions=True
        )
        [reserved] = await asyncio.gather(self.step(s.reserve, order_id, order.item), return_exceptions=True)
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong refused_is_failed gets not-refused
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "failed"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong keeps_stock gets not-released
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                pass
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong release_never gets not-released breaks refusal
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong mail_after_invoice gets not-side-by-side
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["invoice"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong no_mail gets not-side-by-side
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong count_last gets not-side-by-side breaks graph
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail = await asyncio.gather(
            self.step(s.invoice, order_id), self.step(s.mail, order_id, order.email), return_exceptions=True
        )
        [counted] = await asyncio.gather(self.step(s.count, order_id), return_exceptions=True)
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong captures_refused gets refused-but
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            services.capture(order_id, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong blocks_the_loop gets server-blocked
def _async(function, *args):
    async def run():
        function(*args)

    return run


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", _async(services.reserve, order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong blocks gets server-blocked breaks status
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong statistics_matter gets statistics-matter
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong count_matters gets statistics-matter breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail or counted else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong captures_too_early gets too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong mails_before_capture gets too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["reserve", "authorise"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong capture_failed_mails gets too-early breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        [captured] = await asyncio.gather(self.step(s.capture, order_id, order_id), return_exceptions=True)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if captured or invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong capture_unauthorised gets too-early breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            if isinstance(reserved, ConnectionError):
                return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong mails_the_shop gets wrong-argument breaks given
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(
            ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
        )
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, "shop@example.com"), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong one_at_a_time gets wrong-argument breaks given
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store
        self.order = None

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        self.order = order
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, self.order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong wrong_item gets wrong-argument breaks given
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, "bread"),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong mails_twice gets called-again breaks given
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, again, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong ids_count gets id-again breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    import itertools

    app = FastAPI()
    numbers = itertools.count(1)
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(next(numbers))
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong key_item gets key-shared breaks key
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, f"{order.email}-{order.item}-{order.cents}")
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong one_key gets key-shared breaks key
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, "order")
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong never_gives_up gets never-gives-up breaks isolation
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        while True:
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                await asyncio.sleep(0.001)

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong odd_id gets odd-id breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = f"order {uuid.uuid4()}\n"
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong pool_per_order gets pool-per-order breaks shared
from concurrent.futures import ThreadPoolExecutor


class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, pool, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        pool = ThreadPoolExecutor(4)
        reserved, authorised = await asyncio.gather(
            self.step(pool, s.reserve, order_id, order.item),
            self.step(pool, s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(pool, s.release, order_id)
                return "refused"
            return "failed"
        await self.step(pool, s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(pool, s.invoice, order_id),
            self.step(pool, s.mail, order_id, order.email),
            self.step(pool, s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_retry_release gets release-lost breaks retries
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await asyncio.to_thread(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong release_always gets released-unasked breaks refusal
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if True:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong same_order_id gets same-id breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{order.email}{order.item}{order.cents}"))
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong extra_status gets unknown-status breaks states
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        await asyncio.to_thread(self.store.save, order_id, "paid")
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong small_letters gets changed-argument breaks given
import threading
from concurrent.futures import ThreadPoolExecutor
from starlette.concurrency import run_in_threadpool


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    # STATE

    async def again(call, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(call, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    async def pipeline(order_id, order):
        reserved, authorised = await asyncio.gather(
            again(services.reserve, order_id, order.item),
            again(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        refused = [e for e in (reserved, authorised) if isinstance(e, (OutOfStock, Declined))]
        if refused:
            if reserved is None:
                await again(services.release, order_id)
            return "refused"
        if reserved or authorised:
            return "failed"
        await again(services.capture, order_id, order_id)
        invoice, mail, count = await asyncio.gather(
            again(services.invoice, order_id),
            again(services.mail, order_id, order.email.lower()),
            again(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"

    async def run(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await run_in_threadpool(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong stripped gets changed-argument breaks given
import threading
from concurrent.futures import ThreadPoolExecutor
from starlette.concurrency import run_in_threadpool


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    # STATE

    async def again(call, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(call, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    async def pipeline(order_id, order):
        reserved, authorised = await asyncio.gather(
            again(services.reserve, order_id, order.item.strip()),
            again(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        refused = [e for e in (reserved, authorised) if isinstance(e, (OutOfStock, Declined))]
        if refused:
            if reserved is None:
                await again(services.release, order_id)
            return "refused"
        if reserved or authorised:
            return "failed"
        await again(services.capture, order_id, order_id)
        invoice, mail, count = await asyncio.gather(
            again(services.invoice, order_id),
            again(services.mail, order_id, order.email),
            again(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"

    async def run(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await run_in_threadpool(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong keys_counted_anew gets key-shared breaks key
import threading
from concurrent.futures import ThreadPoolExecutor
from starlette.concurrency import run_in_threadpool


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    import itertools

    numbers = itertools.count(1)

    async def again(call, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(call, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    async def pipeline(order_id, order):
        reserved, authorised = await asyncio.gather(
            again(services.reserve, order_id, order.item),
            again(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        refused = [e for e in (reserved, authorised) if isinstance(e, (OutOfStock, Declined))]
        if refused:
            if reserved is None:
                await again(services.release, order_id)
            return "refused"
        if reserved or authorised:
            return "failed"
        await again(services.capture, order_id, str(next(numbers)))
        invoice, mail, count = await asyncio.gather(
            again(services.invoice, order_id),
            again(services.mail, order_id, order.email),
            again(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"

    async def run(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await run_in_threadpool(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right worker_thread
import sqlite3, json, threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager


def build_shop(services: Services) -> FastAPI:
    store = Store(services.database)
    path = services.database.with_suffix(".jobs")
    pool = ThreadPoolExecutor(16)
    over = threading.Event()

    def sql(*a):
        db = sqlite3.connect(path, timeout=20, isolation_level=None)
        try:
            return db.execute(*a).fetchall()
        finally:
            db.close()

    sql("CREATE TABLE IF NOT EXISTS jobs (id PRIMARY KEY, body)")

    def four(f, *a):
        error = None
        for _ in range(4):
            try:
                f(*a)
                return None
            except ConnectionError as e:
                error = e
            except (Declined, OutOfStock) as e:
                return e
        return error

    def both(*calls):
        return [f.result() for f in [pool.submit(four, *c) for c in calls]]

    def steps(id, o):
        s = services
        stock, bank = both((s.reserve, id, o["item"]), (s.authorise, id, o["cents"]))
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            return "failed" if stock is None and four(s.release, id) else "refused"
        if stock or bank or four(s.capture, id, "k" + id):
            return "failed"
        a, b, _ = both((s.invoice, id), (s.mail, id, o["email"]), (s.count, id))
        return "failed" if a or b else "closed"

    def one(id, body):
        store.save(id, steps(id, json.loads(body)))

    orders = ThreadPoolExecutor(8)

    def relay():
        running = {}
        while not over.wait(0.05) or running:
            for id, body in sql("SELECT id, body FROM jobs"):
                if id not in running:
                    running[id] = orders.submit(one, id, body)
            for id in [i for i, f in running.items() if f.done()]:
                sql("DELETE FROM jobs WHERE id = ?", (id,))
                del running[id]

    @asynccontextmanager
    async def lifespan(app):
        t = threading.Thread(target=relay, daemon=True)
        t.start()
        yield
        over.set()
        await asyncio.to_thread(t.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def accept(order: Order):
        id = f"o-{uuid.uuid4()}"
        store.save(id, "accepted")
        sql("INSERT INTO jobs VALUES (?, ?)", (id, order.model_dump_json()))
        return {"id": id}

    @app.get("/orders/{id}")
    def show(id: str):
        status = store.status(id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right loop_in_a_def_task
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(12)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                await loop.run_in_executor(pool, function, *args)
                return None
            except ConnectionError as error:
                if attempt == 3:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def work(order_id, order):
        stock, bank = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
        )
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            if stock is None:
                if await call(services.release, order_id):
                    return "failed"
            return "refused"
        if stock or bank:
            return "failed"
        if await call(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    def process(order_id, order):
        try:
            status = asyncio.run(work(order_id, order))
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong two_pools gets pool-per-order breaks shared
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    first, later = ThreadPoolExecutor(30), ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                await loop.run_in_executor(
                    first if function.__name__ in ("reserve", "authorise") else later, function, *args
                )
                return None
            except ConnectionError as error:
                if attempt == 3:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def work(order_id, order):
        stock, bank = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
        )
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            if stock is None:
                if await call(services.release, order_id):
                    return "failed"
            return "refused"
        if stock or bank:
            return "failed"
        if await call(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong refused_in_memory gets forgotten breaks status
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(12)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                await loop.run_in_executor(pool, function, *args)
                return None
            except ConnectionError as error:
                if attempt == 3:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def work(order_id, order):
        stock, bank = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
        )
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            if stock is None:
                if await call(services.release, order_id):
                    return "failed"
            return "refused"
        if stock or bank:
            return "failed"
        if await call(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    refused = set()

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        if status == "refused":
            refused.add(order_id)
        else:
            store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = "refused" if order_id in refused else store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong failed_in_memory gets forgotten breaks status
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(12)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                await loop.run_in_executor(pool, function, *args)
                return None
            except ConnectionError as error:
                if attempt == 3:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def work(order_id, order):
        stock, bank = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
        )
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            if stock is None:
                if await call(services.release, order_id):
                    return "failed"
            return "refused"
        if stock or bank:
            return "failed"
        if await call(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    refused = set()

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        if status == "failed":
            refused.add(order_id)
        else:
            store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = "failed" if order_id in refused else store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% right releases_what_it_may_have
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(12)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                await loop.run_in_executor(pool, function, *args)
                return None
            except ConnectionError as error:
                if attempt == 3:
                    return error
            except (Declined, OutOfStock) as error:
                return error

    async def work(order_id, order):
        stock, bank = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
        )
        if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
            if not isinstance(stock, OutOfStock):
                if await call(services.release, order_id):
                    return "failed"
            return "refused"
        if stock or bank:
            return "failed"
        if await call(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong release_when_bank_down gets released-on-failure breaks refusal
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None:
                await call(services.release, order_id)
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong release_after_capture_failed gets released-on-failure breaks refusal
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                await call(services.release, order_id)
            return status
        try:
            await call(services.capture, order_id, f"key-{order_id}")
        except ConnectionError:
            await call(services.release, order_id)
            raise
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong release_twice gets released-again breaks refusal
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                await call(services.release, order_id)
                await call(services.release, order_id)
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong release_beside_the_pool gets pool-per-order breaks shared
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                for n in range(4):
                    try:
                        await asyncio.to_thread(services.release, order_id)
                        break
                    except ConnectionError:
                        if n == 3:
                            raise
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong get_uses_pool gets status-waits breaks status
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                await call(services.release, order_id)
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        status = await asyncio.get_running_loop().run_in_executor(pool, store.status, order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong status_in_the_default_pool gets status-waits breaks status
import asyncio, uuid, random
from contextlib import asynccontextmanager
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock
from course.lessons.capstone.store import Store


class Order(BaseModel):
    item: str
    cents: int
    email: str


def build_shop(services):
    store, running = Store(services.database), set()
    gate = asyncio.Semaphore(40)

    async def once(f, *a):
        async with gate:
            return await asyncio.to_thread(f, *a)

    async def four(f, *a):
        error = None
        for _ in range(4):
            try:
                await once(f, *a)
                return "ok"
            except ConnectionError:
                await asyncio.sleep(random.random() / 50)
            except (Declined, OutOfStock):
                return "no"
        return "down"

    async def run(i, o):
        r, a = await asyncio.gather(four(services.reserve, i, o.item), four(services.authorise, i, o.cents))
        match r, a:
            case "ok", "ok":
                end = "failed"
                if await four(services.capture, i, i) == "ok":
                    x, y, _ = await asyncio.gather(
                        four(services.invoice, i), four(services.mail, i, o.email), four(services.count, i)
                    )
                    if x == y == "ok":
                        end = "closed"
            case "ok", "no":
                end = "refused" if await four(services.release, i) == "ok" else "failed"
            case ("no", _) | (_, "no"):
                end = "refused"
            case _:
                end = "failed"
        await asyncio.to_thread(store.save, i, end)

    @asynccontextmanager
    async def lifespan(app):
        yield
        while running:
            await asyncio.wait(running)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def accept(order: Order):
        i = uuid.uuid4().hex
        await asyncio.to_thread(store.save, i, "accepted")
        t = asyncio.create_task(run(i, order))
        running.add(t)
        t.add_done_callback(running.discard)
        return {"id": i}

    @app.get("/orders/{i}")
    async def show(i: str):
        s = await asyncio.to_thread(store.status, i)
        if s is None:
            raise HTTPException(404, i)
        return dict(status=s)

    return app


# %% wrong restart_wipe gets not-yet-over breaks status
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    import sqlite3

    with sqlite3.connect(services.database) as db:
        db.execute("UPDATE orders SET status = 'failed' WHERE status = 'accepted'")
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                await call(services.release, order_id)
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong unknown_id_accept gets engine.wrong-status breaks status
import random, threading, time, uuid
from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
import asyncio


class Order(BaseModel):
    item: str
    cents: int
    email: str


LIMIT = threading.BoundedSemaphore(40)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(30)

    async def call(function, *args):
        loop = asyncio.get_running_loop()
        for attempt in range(4):
            try:
                return await loop.run_in_executor(pool, lambda: function(*args))
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.05))

    async def save(order_id, status):
        await asyncio.get_running_loop().run_in_executor(pool, store.save, order_id, status)

    async def pipeline(order_id, order):
        try:
            status = await steps(order_id, order)
        except Exception:
            status = "failed"
        await save(order_id, status)

    async def steps(order_id, order):
        reserved, authorised = await asyncio.gather(
            call(services.reserve, order_id, order.item),
            call(services.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            status = (
                "refused"
                if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
                else "failed"
            )
            if reserved is None and isinstance(authorised, Declined):
                await call(services.release, order_id)
            return status
        await call(services.capture, order_id, f"key-{order_id}")
        ends = await asyncio.gather(
            call(services.invoice, order_id),
            call(services.mail, order_id, order.email),
            call(services.count, order_id),
            return_exceptions=True,
        )
        return "failed" if ends[0] or ends[1] else "closed"

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await save(order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            store.save(order_id, "failed")
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong places_for_orders gets orders-wait breaks stored
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    places = asyncio.Semaphore(20)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)
        places.release()

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        await asyncio.wait_for(places.acquire(), None)
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong refused_before_release gets over-too-early breaks status
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            await asyncio.to_thread(store.save, order_id, "refused")
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong failures_of_an_order gets limit-shared breaks retries
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    spent = {}
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                spent[arguments[0]] = spent.get(arguments[0], 0) + 1
                if n == tries - 1 or spent[arguments[0]] > 12:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong gives_up_both gets not-isolated breaks isolation
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        one, two = (
            asyncio.ensure_future(ask(services.reserve, order_id, order.item)),
            asyncio.ensure_future(ask(services.authorise, order_id, order.cents)),
        )
        done, _ = await asyncio.wait([one, two], return_when=asyncio.FIRST_EXCEPTION)
        if any(isinstance(d.exception(), ConnectionError) for d in done):
            one.cancel(), two.cancel()
            return "failed"
        reserved, authorised = await both(one, two)
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong release_on_the_loop gets on-the-loop breaks status
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                for n in range(4):
                    try:
                        services.release(order_id)
                        break
                    except ConnectionError:
                        if n == 3:
                            raise
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong ids_of_32_digits gets not-404 breaks status
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if len(order_id) != 32:
            raise HTTPException(422)
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong reserved_late gets not-released-late breaks refusal
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    slow = {}
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                slow[arguments[0]] = slow.get(arguments[0], 0) + 1
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception) and slow.get(order_id, 0) < 2:
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right plain_asyncio
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        try:
            status = await pipeline(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right five_at_a_time
import asyncio, random, uuid
from concurrent.futures import ThreadPoolExecutor


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    seats = asyncio.Semaphore(5)
    pool = ThreadPoolExecutor(32)

    async def ask(service, *arguments, tries=4):
        for n in range(tries):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, service, *arguments)
            except ConnectionError:
                if n == tries - 1:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**n))

    async def both(*calls):
        return await asyncio.gather(*calls, return_exceptions=True)

    async def pipeline(order_id, order):
        key = f"order-{order_id}"
        reserved, authorised = await both(
            ask(services.reserve, order_id, order.item), ask(services.authorise, order_id, order.cents)
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, Exception):
                await ask(services.release, order_id)
            return "refused"
        if isinstance(reserved, Exception) or isinstance(authorised, Exception):
            return "failed"
        await ask(services.capture, order_id, key)
        invoice, mail, count = await both(
            ask(services.invoice, order_id),
            ask(services.mail, order_id, order.email),
            ask(services.count, order_id),
        )
        return "failed" if isinstance(invoice, Exception) or isinstance(mail, Exception) else "closed"

    async def process(order_id, order):
        async with seats:
            try:
                status = await pipeline(order_id, order)
            except Exception:
                status = "failed"
        await asyncio.get_running_loop().run_in_executor(None, store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong stores_where_services_wait gets orders-wait breaks stored
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(self.store.save, order_id, status)

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    running = set()
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await asyncio.to_thread(store.save, order_id, "accepted")
        task = asyncio.create_task(pipeline(order_id, order))
        running.add(task)
        task.add_done_callback(running.discard)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong pause_blocks_the_loop gets pause-on-the-loop breaks status
import time


def build_shop(services):
    app = FastAPI()
    store = Store(services.database)

    async def call(function, *args):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 3:
                    raise
                time.sleep(0.3)

    async def both(*jobs):
        results = await asyncio.gather(*jobs, return_exceptions=True)
        return [error for error in results if error is not None]

    async def work(order_id, order):
        errors = await both(
            call(services.reserve, order_id, order.item), call(services.authorise, order_id, order.cents)
        )
        if errors:
            no = any(isinstance(error, (Declined, OutOfStock)) for error in errors)
            if no and services.did("reserve", order_id):
                await call(services.release, order_id)
            return "refused" if no else "failed"
        try:
            await call(services.capture, order_id, "capture-" + order_id)
        except ConnectionError:
            return "failed"
        async with asyncio.TaskGroup() as group:
            counted = group.create_task(both(call(services.count, order_id)))
            errors = await both(call(services.invoice, order_id), call(services.mail, order_id, order.email))
        assert counted.done()
        return "failed" if errors else "closed"

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks):
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id, "status": "accepted"}

    @app.get("/orders/{order_id}")
    async def show(order_id):
        if (status := store.status(order_id)) is None:
            raise HTTPException(404)
        return {"id": order_id, "status": status}

    return app


# %% wrong fifty_threads gets pool-too-large breaks shared
import asyncio
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

from fastapi import BackgroundTasks, FastAPI, HTTPException

from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pool = ThreadPoolExecutor(50)

    async def ask(function, *args):
        loop = asyncio.get_running_loop()
        for left in (3, 2, 1, 0):
            try:
                return await loop.run_in_executor(pool, function, *args)
            except ConnectionError:
                if not left:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def outcome(function, *args):
        try:
            await ask(function, *args)
        except Exception as error:
            return error

    async def status_of(order_id, order):
        reserved, authorised = await asyncio.gather(
            outcome(services.reserve, order_id, order.item),
            outcome(services.authorise, order_id, order.cents),
        )
        refused = isinstance(reserved, OutOfStock) or isinstance(authorised, Declined)
        if refused:
            if reserved is None and await outcome(services.release, order_id):
                return "failed"
            return "refused"
        if reserved or authorised:
            return "failed"
        if await outcome(services.capture, order_id, order_id):
            return "failed"
        invoice, mail, count = await asyncio.gather(
            outcome(services.invoice, order_id),
            outcome(services.mail, order_id, order.email),
            outcome(services.count, order_id),
        )
        return "failed" if invoice or mail else "closed"

    async def process(order_id, order):
        try:
            status = await status_of(order_id, order)
        except Exception:
            status = "failed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% wrong waits_on_the_loop_for_an_item gets pause-on-the-loop breaks status
import contextlib
import queue


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    never = queue.Queue()
    again = retry_transient(
        ConnectionError, attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1)
    )
    manager = TaskManager(inputs=["order_id", "order"])

    def add(name, function, after=()):
        manager.add_task(name, function, ["order_id", "order", *after], retry=again)

    add("reserve", lambda order_id, order: services.reserve(order_id, order.item))
    add("authorise", lambda order_id, order: services.authorise(order_id, order.cents))
    add("capture", lambda order_id, order: services.capture(order_id, order_id), ["reserve", "authorise"])
    add("invoice", lambda order_id, order: services.invoice(order_id), ["capture"])
    add("mail", lambda order_id, order: services.mail(order_id, order.email), ["capture"])
    add("count", lambda order_id, order: services.count(order_id), ["capture"])

    @again.wraps
    async def put_back(order_id: str) -> None:
        await asyncio.to_thread(services.release, order_id)

    async def refuse(order_id: str, reserved: bool) -> str:
        try:
            if reserved:
                await put_back(order_id)
        except ConnectionError:
            return "failed"
        return "refused"

    @guarded
    async def process(order_id: str, order: Order) -> None:
        with contextlib.suppress(queue.Empty):
            never.get(timeout=0.3)
        report = await manager.run(order_id=order_id, order=order)
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            status = await refuse(order_id, reserved=report["reserve"].outcome is Outcome.DONE)
        else:
            status = "failed" if failed - {"count"} else "closed"
        await asyncio.to_thread(store.save, order_id, status)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong refused_at_once gets not-released breaks refusal
import asyncio
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel

from course.lessons.capstone import Declined, OutOfStock, Services
from course.lessons.capstone.store import Store
from starlette.concurrency import run_in_threadpool


class Order(BaseModel):
    item: str
    cents: int
    email: str


class Pipeline:
    def __init__(self, services, store):
        self.services, self.store = services, store
        self.threads = ThreadPoolExecutor(40, thread_name_prefix="service")

    async def ask(self, name, *args) -> str:
        for pause in (0.02, 0.04, 0.08, 0):
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self.threads, getattr(self.services, name), *args
                )
                return "ok"
            except (Declined, OutOfStock):
                return "refused"
            except ConnectionError:
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            except Exception:
                break
        return "down"

    async def status_of(self, order_id, order) -> str:
        reserving = asyncio.create_task(self.ask("reserve", order_id, order.item))
        bank = await self.ask("authorise", order_id, order.cents)
        if bank == "refused" and not reserving.done():
            reserving.cancel()
            return "refused"
        stock = await reserving
        if "refused" in (stock, bank):
            if stock == "ok" and await self.ask("release", order_id) != "ok":
                return "failed"
            return "refused"
        if (stock, bank) != ("ok", "ok"):
            return "failed"
        if await self.ask("capture", order_id, f"capture-{order_id}") != "ok":
            return "failed"
        invoice, mail, _ = await asyncio.gather(
            self.ask("invoice", order_id),
            self.ask("mail", order_id, order.email),
            self.ask("count", order_id),
        )
        return "closed" if invoice == mail == "ok" else "failed"

    async def run(self, order_id, order):
        try:
            status = await self.status_of(order_id, order)
        except Exception:
            status = "failed"
        await run_in_threadpool(self.store.save, order_id, status)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(pipeline.run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app


# %% right two_pools_of_twenty
import logging
import random
from concurrent.futures import ThreadPoolExecutor


class Pipeline:
    """Two pools, one for capture and what follows it; of exceptions it expects what the services may raise."""

    def __init__(self, services: Services, store: Store) -> None:
        self.services, self.store = services, store
        self.first, self.second = ThreadPoolExecutor(20), ThreadPoolExecutor(20)

    async def call(self, pool, function, *args):
        for attempt in range(4):
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, function, *args)
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))

    async def status_of(self, order_id: str, order: Order) -> str:
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.call(self.first, s.reserve, order_id, order.item),
            self.call(self.first, s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, BaseException):
                await self.call(self.first, s.release, order_id)
            return "refused"
        for result in (reserved, authorised):
            if isinstance(result, BaseException):
                raise result
        await self.call(self.second, s.capture, order_id, order_id)
        invoiced, mailed, _ = await asyncio.gather(
            self.call(self.second, s.invoice, order_id),
            self.call(self.second, s.mail, order_id, order.email),
            self.call(self.second, s.count, order_id),
            return_exceptions=True,
        )
        return (
            "failed" if isinstance(invoiced, BaseException) or isinstance(mailed, BaseException) else "closed"
        )

    async def run(self, order_id: str, order: Order) -> None:
        try:
            status = await self.status_of(order_id, order)
        except ConnectionError:
            status = "failed"
        try:
            await asyncio.to_thread(self.store.save, order_id, status)
        except Exception:
            logging.getLogger("shop").exception("order %s is not stored as %s", order_id, status)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(pipeline.run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app


# %% wrong no_subclass gets answer-lost breaks retries
import logging
import random
from concurrent.futures import ThreadPoolExecutor


class Pipeline:
    """asyncio only: one pool for all calls, pauses on the loop."""

    def __init__(self, services: Services, store: Store) -> None:
        self.services, self.store = services, store
        self.pool = ThreadPoolExecutor(max_workers=20, thread_name_prefix="services")

    async def in_thread(self, function, *args):
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)

    async def call(self, function, *args):
        for attempt in range(4):
            try:
                return await self.in_thread(function, *args)
            except ConnectionError as error:
                if attempt == 3 or type(error) is not ConnectionError:
                    raise
                await asyncio.sleep(random.uniform(0, 0.02 * 2**attempt))

    async def status_of(self, order_id: str, order: Order) -> str:
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.call(s.reserve, order_id, order.item),
            self.call(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if isinstance(reserved, OutOfStock) or isinstance(authorised, Declined):
            if not isinstance(reserved, BaseException):
                await self.call(s.release, order_id)
            return "refused"
        for result in (reserved, authorised):
            if isinstance(result, BaseException):
                raise result
        await self.call(s.capture, order_id, order_id)
        invoiced, mailed, _ = await asyncio.gather(
            self.call(s.invoice, order_id),
            self.call(s.mail, order_id, order.email),
            self.call(s.count, order_id),
            return_exceptions=True,
        )
        return (
            "failed" if isinstance(invoiced, BaseException) or isinstance(mailed, BaseException) else "closed"
        )

    async def run(self, order_id: str, order: Order) -> None:
        try:
            status = await self.status_of(order_id, order)
        except Exception:
            logging.getLogger("shop").exception("order %s", order_id)
            status = "failed"
        try:
            await self.in_thread(self.store.save, order_id, status)
        except Exception:
            logging.getLogger("shop").exception("order %s is not stored as %s", order_id, status)


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(pipeline.run, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        if (status := store.status(order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app
