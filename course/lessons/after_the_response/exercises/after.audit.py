# %% starter
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        return ____

    return app


# %% right reference
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({"detail": "the amount must be positive"}, status_code=400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% right exception_handler
class Order(BaseModel):
    amount: int


from fastapi import Request
from starlette.background import BackgroundTask


class Refused(Exception):
    def __init__(self, amount):
        self.amount = amount


def build_orders(write_audit):
    app = FastAPI()

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused):
        task = BackgroundTask(write_audit, "refused", error.amount)
        return JSONResponse({"detail": "no"}, 400, background=task)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        if order.amount < 1:
            raise Refused(order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)

    return app


# %% right handler_keeps_tasks
from fastapi import Request


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.exception_handler(HTTPException)
    async def refused(request, error):
        return JSONResponse({"detail": error.detail}, error.status_code, background=request.state.tasks)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks, request: Request):
        request.state.tasks = tasks
        verdict = "accepted" if order.amount > 0 else "refused"
        tasks.add_task(write_audit, verdict, order.amount)
        if verdict == "refused":
            raise HTTPException(400, "how many?")

    return app


# %% right status_on_the_response
class Order(BaseModel):
    amount: int


from fastapi import Response


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders")
    def order(order: Order, response: Response, tasks: BackgroundTasks):
        good = order.amount > 0
        response.status_code = 202 if good else 400
        verdict = "accepted" if good else "refused"
        tasks.add_task(lambda: write_audit(verdict, order.amount))
        return {"verdict": verdict}

    return app


# %% right yield_dependency
from fastapi import Depends, Response


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    def audited(order: Order):
        verdict = "refused"
        if order.amount > 0:
            verdict = "accepted"
        yield verdict
        write_audit(verdict, order.amount)

    @app.post("/orders")
    def order(response: Response, verdict: str = Depends(audited)):
        response.status_code = 202 if verdict == "accepted" else 400

    return app


# %% right asgi
def build_orders(write_audit) -> FastAPI:
    from starlette.concurrency import run_in_threadpool

    app = FastAPI()

    class Order(BaseModel):
        amount: int

    class Audit:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, send)
            if scope["type"] == "http" and "entry" in scope["state"]:
                await run_in_threadpool(write_audit, *scope["state"]["entry"])

    app.add_middleware(Audit)

    from fastapi import Request

    @app.post("/orders", status_code=202)
    async def order(order: Order, request: Request):
        request.state.entry = ("accepted" if order.amount > 0 else "refused", order.amount)
        if order.amount <= 0:
            raise HTTPException(400)

    return app


# %% right polling_thread
import threading, time
from contextlib import asynccontextmanager, suppress


def build_orders(write_audit) -> FastAPI:
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.3) or waiting:
            while waiting:
                with suppress(Exception):
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


# %% right queue
import asyncio
from contextlib import asynccontextmanager
from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    failed = []

    @asynccontextmanager
    async def lifespan(app):
        queue = app.state.queue = asyncio.Queue()

        async def work():
            while (entry := await queue.get()) is not None:
                try:
                    await run_in_threadpool(write_audit, *entry)
                except Exception as error:
                    failed.append((entry, error))

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


# %% wrong accepted_in_request gets before-response
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        write_audit("accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong called gets called-not-passed breaks after
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit("accepted", order.amount))
        return {"accepted": order.amount}

    return app


# %% wrong in_request gets before-response breaks after
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            write_audit("refused", order.amount)
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong handler_inline gets before-response
from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    class Refused(Exception):
        pass

    @app.exception_handler(Refused)
    def refused(request, error):
        write_audit("refused", error.args[0])
        return JSONResponse({}, 400)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            raise Refused(order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)

    return app


# %% wrong all_202 gets zero
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return {"refused": True}
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong limit gets other-status
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = 0 < order.amount < 100
        tasks.add_task(write_audit, "accepted" if ok else "refused", order.amount)
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong zero gets zero breaks status
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount >= 0
        tasks.add_task(write_audit, "accepted" if ok else "refused", order.amount)
        return JSONResponse({}, 202 if ok else 400, background=tasks)

    return app


# %% wrong accepted_not_audited gets not-audited
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        pass
        return {"accepted": order.amount}

    return app


# %% wrong only_accepted gets refused-not-audited breaks entry
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong raises gets refused-not-audited
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            raise HTTPException(400, "no")
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong arguments_missing gets task-failed
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted")
        return {"accepted": order.amount}

    return app


# %% wrong always_accepted_entry gets wrong-entry
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "accepted", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong twice gets wrong-entry
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit, "accepted", order.amount)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong rejected gets wrong-entry breaks entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(write_audit, "accepted" if ok else "rejected", order.amount)
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong swapped gets wrong-entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(write_audit, order.amount, "accepted" if ok else "refused")
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong text_amount gets wrong-entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(write_audit, "accepted" if ok else "refused", str(order.amount))
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong whole_order gets wrong-entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(write_audit, "accepted" if ok else "refused", order)
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong validated gets engine.refused
from pydantic import Field


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int = Field(gt=0)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(write_audit, "accepted", order.amount)

    return app


# %% wrong latest gets mixed-up breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    latest = {}

    class Order(BaseModel):
        amount: int

    def audit(word):
        write_audit(word, latest["amount"])

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        latest["amount"] = order.amount
        tasks.add_task(audit, "accepted" if ok else "refused")
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong seen gets not-audited-again
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    seen = set()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        if order.amount not in seen:
            seen.add(order.amount)
            tasks.add_task(write_audit, "accepted" if ok else "refused", order.amount)
        return JSONResponse({}, 202 if ok else 400)

    return app


# %% wrong drops_a_twin gets left-out breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    busy = set()

    class Order(BaseModel):
        amount: int

    def audit(word, amount):
        if amount in busy:
            return
        busy.add(amount)
        try:
            write_audit(word, amount)
        finally:
            busy.discard(amount)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount > 0:
            tasks.add_task(audit, "accepted", order.amount)
            return {"ok": True}
        tasks.add_task(audit, "refused", order.amount)
        return JSONResponse({}, 400)

    return app


# %% wrong refuses_large_amounts gets other-status breaks status
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = 0 < order.amount < 1000
        return JSONResponse(
            {},
            202 if ok else 400,
            background=BackgroundTask(write_audit, "accepted" if ok else "refused", order.amount),
        )

    return app


# %% wrong reads_the_amount_late gets mixed-up breaks entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.exception_handler(HTTPException)
    async def refuse(request, error):
        return JSONResponse(
            {}, 400, background=BackgroundTask(lambda: write_audit("refused", app.state.amount))
        )

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        app.state.amount = order.amount
        if order.amount <= 0:
            raise HTTPException(400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {}

    return app


# %% wrong thread_in_the_endpoint gets side-by-side breaks after
import threading


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        accepted = order.amount > 0
        entry = ("accepted" if accepted else "refused", order.amount)
        threading.Thread(target=write_audit, args=entry).start()
        return JSONResponse({}, 202 if accepted else 400)

    return app


# %% right plain_asgi
def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = order.amount > 0
        tasks.add_task(write_audit, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    async def around(scope, receive, send):
        await app(scope, receive, send)

    return around


# %% wrong create_task gets side-by-side breaks after
import asyncio

from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    running = set()

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order):
        good = order.amount > 0
        verdict = "accepted" if good else "refused"
        running.add(asyncio.create_task(run_in_threadpool(write_audit, verdict, order.amount)))
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong thirty_two_bits gets other-status breaks status
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = 0 < order.amount < 2**31
        tasks.add_task(write_audit, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong minus_one gets other-status
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = order.amount >= -1 and order.amount != 0
        tasks.add_task(write_audit, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong one_refusal gets not-audited-again breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    refused = []

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount > 0:
            tasks.add_task(write_audit, "accepted", order.amount)
            return JSONResponse({}, 202)
        if not refused:
            tasks.add_task(write_audit, "refused", order.amount)
        refused.append(order)
        return JSONResponse({}, 400)

    return app


# %% wrong equal_refusals_at_the_same_time gets left-out breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    being_written = set()

    class Order(BaseModel):
        amount: int

    def refuse(amount):
        if amount in being_written:
            return
        being_written.add(amount)
        write_audit("refused", amount)
        being_written.discard(amount)

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount > 0:
            tasks.add_task(write_audit, "accepted", order.amount)
            return JSONResponse({}, 202)
        tasks.add_task(refuse, order.amount)
        return JSONResponse({}, 400)

    return app


# %% wrong tries_again gets written-again breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    def write(verdict, amount):
        try:
            write_audit(verdict, amount)
        except ConnectionError:
            write_audit(verdict, amount)

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = order.amount > 0
        tasks.add_task(write, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong global_audit gets audit-of-another
settings = {}


def write(verdict, amount):
    settings["audit"](verdict, amount)


def build_orders(write_audit) -> FastAPI:
    settings["audit"] = write_audit
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = order.amount > 0
        tasks.add_task(write, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong thread_ends_with_the_first_failure gets stops breaks once
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


# %% wrong worker_ends_with_the_first_failure gets stops
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


# %% wrong a_refusal_is_tried_again gets written-again breaks once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    def surely(verdict, amount):
        try:
            write_audit(verdict, amount)
        except Exception:
            write_audit(verdict, amount)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            return JSONResponse({}, 400, background=BackgroundTask(surely, "refused", order.amount))
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app


# %% wrong a_failure_keeps_the_lock gets stops breaks once
from starlette.concurrency import run_in_threadpool


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    class Order(BaseModel):
        amount: int

    async def write(verdict, amount):
        await lock.acquire()
        await run_in_threadpool(write_audit, verdict, amount)
        lock.release()

    @app.post("/orders")
    async def order(order: Order, tasks: BackgroundTasks):
        good = order.amount > 0
        tasks.add_task(write, "accepted" if good else "refused", order.amount)
        return JSONResponse({}, 202 if good else 400)

    return app


# %% wrong gives_up_after_three_failures gets stops breaks once
from fastapi.responses import JSONResponse


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    failures = []

    class Order(BaseModel):
        amount: int

    def audit(verdict: str, amount: int) -> None:
        if len(failures) >= 3:
            return
        try:
            write_audit(verdict, amount)
            failures.clear()
        except Exception as error:
            failures.append(error)
            raise

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount > 0:
            tasks.add_task(audit, "accepted", order.amount)
            return {"accepted": order.amount}
        tasks.add_task(audit, "refused", order.amount)
        return JSONResponse({"detail": "refused"}, status_code=400)

    return app


# %% wrong loses_the_rest_of_the_batch gets lost-with-another breaks once
import threading
from fastapi.responses import JSONResponse


def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    waiting = []
    one_at_a_time = threading.Lock()

    class Order(BaseModel):
        amount: int

    def write_waiting() -> None:
        with one_at_a_time:
            batch = waiting.copy()
            del waiting[: len(batch)]
            for verdict, amount in batch:
                write_audit(verdict, amount)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(write_waiting)
        if order.amount > 0:
            waiting.append(("accepted", order.amount))
            return {"accepted": order.amount}
        waiting.append(("refused", order.amount))
        return JSONResponse({"detail": "refused"}, status_code=400)

    return app


# %% wrong one_refusal_for_all gets of-an-earlier-order breaks entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    refusal = JSONResponse({"detail": "amount must be positive"}, 400)

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount > 0:
            tasks.add_task(write_audit, "accepted", order.amount)
            return {"accepted": order.amount}
        tasks.add_task(write_audit, "refused", order.amount)
        return refusal

    return app
