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

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
            if services.did("reserve", order_id):
                await call(services.release, order_id)
            no = any(isinstance(error, (Declined, OutOfStock)) for error in errors)
            return "refused" if no else "failed"
        try:
            await call(services.capture, order_id, "capture-" + order_id)
        except ConnectionError:
            return "failed"
        errors = await both(call(services.invoice, order_id), call(services.mail, order_id, order.email))
        try:
            await call(services.count, order_id)
        except ConnectionError:
            pass
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

    @retry(
        stop=stop_after_attempt(5),
        wait=wait_none(),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def again(self, step, *args):
        getattr(self.services, step)(*args)

    def together(self, *calls):
        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(self.again, *call) for call in calls]
        return [future.exception() for future in futures]

    def process(self, order_id, order):
        self.store.save(order_id, "running")
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
        if money and not stock:
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


# %% wrong new_key gets charged-twice
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong inline gets client-waits
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
    async def accept(order: Order) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        await process(order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404, "no such order")
        return {"id": order_id, "status": status}

    return app


# %% wrong closes_before_the_mail gets closed-too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong hopes_for_the_best gets closed-undone
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=2, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong closes_at_once gets final-too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong in_memory gets forgotten
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    statuses = {}

    class store:
        save = statuses.__setitem__
        status = statuses.get

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong no_retries gets lost
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=2, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong no_capture gets missing-step
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong no_status gets no-status
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong one_after_the_other gets not-parallel
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong refused_is_failed gets not-refused
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong mail_after_invoice gets not-side-by-side
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong captures_refused gets refused-but
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong statistics_matter gets statistics-matter
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong captures_too_early gets too-early
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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


# %% wrong mails_the_shop gets wrong-mail
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
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
