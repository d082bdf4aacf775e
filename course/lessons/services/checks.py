"""The checks of lesson 02. Each runs the learner's program and looks at what happened."""

import asyncio
import functools
import inspect
import itertools
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from course.lessons.services.database import new_engine
from course.live import Server
from course.practice import Bench, BlankTouched, Call, NotYet, Spy, exercise

_ADA, _BOB, _CLEO = "ada@example.com", "bob@example.com", "cleo@example.com"


def _words(error: BaseException) -> str:
    """An exception in one line, the same on every run."""
    text = str(error).partition("\n")[0].partition(" (Background on this error")[0].rstrip(".")
    return type(error).__name__ if " at 0x" in text or not text else f"{type(error).__name__}: {text}"


def _early(server: Server, call: Call, number: int) -> bool:
    """Whether this call came before the response of request `number` was complete."""
    try:
        return call.at < server.timeline.start(f"response#{number}")
    except LookupError:
        return True


def _json(reply: httpx.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return reply.text


# services.confirm


class _Notifications:
    """A service that only notes what it is asked to send."""

    def __init__(self, spy: Spy) -> None:
        self._spy = spy

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        """Note an order and its customer."""
        self._spy.function(order_id, to)


@exercise("services.confirm", wants=("build_orders",))
def check_confirm(bench: Bench, build_orders: Callable[..., FastAPI]) -> None:
    """The service comes through FastAPI, and its method runs once, after the response."""
    made: list[_Notifications] = []
    sent = bench.spy("send_order_confirmation")

    def get_notifications() -> _Notifications:
        made.append(_Notifications(sent))
        return made[-1]

    app = bench.call(build_orders, get_notifications)
    with bench.serve(app) as server:
        _confirm_one(bench, server, sent, 1, order_id=7, to=_ADA)
        _confirm_one(bench, server, sent, 2, order_id=8, to=_BOB)
        if len(made) < 2:
            raise NotYet("shared-service", count=2)
        stand_in = bench.spy("the stand-in of a test")
        getattr(app, "dependency_overrides", {})[get_notifications] = lambda: _Notifications(stand_in)
        _confirm(bench, server, 9, _CLEO)
        if not stand_in.called:
            raise NotYet("not-provided")


def _confirm(bench: Bench, server: Server, order_id: int, to: str) -> httpx.Response:
    reply = server.client.post(f"/orders/{order_id}/confirm", params={"to": to})
    server.settle()
    if missing := _missing(reply) - {"order_id", "to"}:
        raise NotYet("asked-of-client", name=min(missing))
    return bench.expect(reply, 202)


def _missing(reply: httpx.Response) -> set[str]:
    """The parameters that FastAPI did not find in the request."""
    if reply.status_code != 422:
        return set()
    return {str(error["loc"][-1]) for error in reply.json()["detail"] if error["type"] == "missing"}


def _confirm_one(bench: Bench, server: Server, sent: Spy, number: int, order_id: int, to: str) -> None:
    reply = _confirm(bench, server, order_id, to)
    calls = sent.calls[number - 1 :]
    if calls and _early(server, calls[0], number):
        if server.errors:
            raise NotYet("called-not-passed", error=_words(server.errors[0]))
        raise NotYet("inline")
    if not calls:
        if server.errors:
            raise NotYet("task-failed", status=reply.status_code, error=_words(server.errors[0]))
        raise NotYet("never-sent", status=reply.status_code)
    if len(calls) > 1:
        raise NotYet("twice", count=len(calls))
    if calls[0].values != (order_id, to):
        got = "order {!r} for {!r}".format(*calls[0].values)
        raise NotYet("wrong-arguments", order_id=order_id, to=to, got=got)
    if _json(reply) != {"accepted": order_id}:
        raise NotYet("wrong-reply", got=_json(reply), order_id=order_id)


# services.receipts


@exercise("services.receipts", wants=("build_receipt_shop",))
def check_receipts(bench: Bench, build_receipt_shop: Callable[..., FastAPI]) -> None:
    """Stored before the answer; nothing is held while a receipt is being sent."""
    for look in [_one_order, _while_a_receipt_is_sent]:
        engine = new_engine(connections=1)
        try:
            look(bench, engine, build_receipt_shop)
        finally:
            engine.dispose()


def _one_order(bench: Bench, engine: Engine, build: Callable[..., FastAPI]) -> None:
    receipt = bench.spy("send_receipt")
    app = bench.call(build, sessionmaker(engine), receipt)
    with bench.serve(app) as server:
        order_id = _order_id(bench.expect(_order(server, _ADA), 201))
        server.settle()
        if not receipt.called:
            raise _why_no_receipt(server)
        if _early(server, receipt.calls[0], 1):
            raise NotYet("inline")
        if len(receipt.calls) > 1:
            raise NotYet("twice", count=len(receipt.calls))
        values = receipt.calls[0].values
        if values != (_ADA, order_id):
            got = ", ".join(repr(v) if isinstance(v, int | str) else type(v).__name__ for v in values)
            raise NotYet("wrong-receipt", order_id=order_id, email=_ADA, got=got)
        if server.errors:
            raise NotYet("task-failed", error=_words(server.errors[0]))


def _order(server: Server, email: str) -> httpx.Response:
    return server.client.post("/orders", json={"email": email})


def _order_id(reply: httpx.Response) -> int:
    body = _json(reply)
    if not isinstance(body, dict) or not isinstance(body.get("id"), int):
        raise NotYet("wrong-reply", got=body)
    return int(body["id"])


def _why_no_receipt(server: Server) -> NotYet:
    if not server.errors:
        return NotYet("no-receipt")
    error = server.errors[0]
    miss = {"TimeoutError": "task-starved", "DetachedInstanceError": "detached"}
    return NotYet(miss.get(type(error).__name__, "task-failed"), error=_words(error))


def _while_a_receipt_is_sent(bench: Bench, engine: Engine, build: Callable[..., FastAPI]) -> None:
    provider = bench.gate("the mail provider answers")
    receipt = bench.spy("send_receipt", gate=provider)
    witness = _Witness(bench.call(build, sessionmaker(engine), receipt), engine)
    with bench.serve(witness) as server:
        order_id = _order_id(bench.expect(_order(server, _ADA), 201))
        held = receipt.wait()
        if held.thread == "event loop":
            raise NotYet("on-the-loop")
        if (order_id, _ADA) not in witness.stored[0]:
            raise NotYet("not-stored", order_id=order_id)
        second = _order(server, _BOB)
        provider.open()
        server.settle()
        if second.is_error:
            error = _words(server.errors[0]) if server.errors else second.text
            raise NotYet("connection-held", status=second.status_code, error=error)
        if server.errors:
            raise NotYet("task-failed", error=_words(server.errors[0]))


class _Witness:
    """An app of which it is noted what is in the database each time it begins to answer."""

    def __init__(self, app: Any, engine: Engine) -> None:
        self.stored: list[list[tuple[int, str]]] = []
        self._app = app
        self._file = str(engine.url.database)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The app itself."""

        async def note_and_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.stored.append(self._orders())
            await send(message)

        await self._app(scope, receive, note_and_send)

    def _orders(self) -> list[tuple[int, str]]:
        """What another connection, past the pool, sees at this moment."""
        with closing(sqlite3.connect(self._file)) as other:
            return other.execute("SELECT id, customer FROM orders").fetchall()


# services.carry


@dataclass(frozen=True)
class _Run:
    """One run of a carried function: what it saw, what it was given, and on which event loop."""

    seen: str
    arguments: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop | None


class _Job:
    """A function to be carried, def or async def, that notes its runs."""

    def __init__(self, kind: str, variable: ContextVar[str], error: Exception | None = None) -> None:
        self.kind = kind
        self.runs: list[_Run] = []
        self.function = self._async() if kind == "async def" else self._sync()
        self._variable = variable
        self._error = error
        self._ran = threading.Condition()

    def wait(self, number: int) -> bool:
        """Whether it has run that many times, or does so within a second."""
        with self._ran:
            return self._ran.wait_for(lambda: len(self.runs) >= number, 1)

    def _sync(self) -> Callable[..., Any]:
        def write_log(*args: Any, **kwargs: Any) -> None:
            self._note(args, kwargs)

        return write_log

    def _async(self) -> Callable[..., Any]:
        async def write_log(*args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(0)
            self._note(args, kwargs)

        return write_log

    def _note(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        with self._ran:
            self.runs.append(_Run(self._variable.get(), (*args, kwargs), _running_loop()))
            self._ran.notify_all()
        if self._error is not None:
            raise self._error


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@exercise("services.carry", wants=("carry",))
def check_carry(bench: Bench, carry: Callable[..., Any]) -> None:
    """Each task sees what its own def endpoint has set, on the thread where it belongs."""
    probe = bench.spy("the function")
    carried = bench.call(carry, probe)
    if probe.called:
        raise NotYet("ran-at-once")
    if not callable(carried):
        raise NotYet("not-callable", got=f"an object of type {type(carried).__name__}")
    for kind in ["def", "async def"]:
        _runs_in_its_context(bench, carry, kind)
        _lets_errors_through(bench, carry, kind)
        _keeps_requests_apart(bench, carry, kind)


def _carrying_app(
    carry: Callable[..., Any], job: _Job, variable: ContextVar[str], before: Callable[..., Any] | None = None
) -> FastAPI:
    """GET /ada sets the variable to "ada", then carries the job into a task."""
    app = FastAPI()

    @app.get("/{name}")
    def endpoint(name: str, tasks: BackgroundTasks) -> None:
        variable.set(name)
        if before is not None:
            tasks.add_task(before)
        tasks.add_task(carry(job.function), name, urgent=True)

    return app


def _runs_in_its_context(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable)
    loops: list[asyncio.AbstractEventLoop] = []

    async def remember_loop() -> None:
        loops.append(asyncio.get_running_loop())

    with bench.serve(_carrying_app(carry, job, variable, before=remember_loop)) as server:
        bench.expect(server.client.get("/ada"))
        server.settle()
        if not job.wait(1):
            raise _why_not_run(server, kind)
    run = job.runs[0]
    if run.arguments != ("ada", {"urgent": True}):
        raise NotYet("arguments-lost", kind=kind, got=run.arguments, wanted=("ada", {"urgent": True}))
    if kind == "def" and run.loop is not None:
        raise NotYet("on-the-loop")
    if kind == "async def" and run.loop is not loops[0]:
        raise NotYet("other-loop")
    if run.seen != "ada":
        raise NotYet("value-lost", kind=kind, got=run.seen, wanted="ada")


def _why_not_run(server: Server, kind: str) -> NotYet:
    if server.errors:
        return NotYet("task-failed", kind=kind, error=_words(server.errors[0]))
    if any(task.outcome == "lost" for task in server.timeline.tasks):
        return NotYet("coroutine-lost")
    return NotYet("never-ran", kind=kind)


def _lets_errors_through(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable, error=ValueError("the disk is full"))
    with bench.serve(_carrying_app(carry, job, variable)) as server:
        bench.expect(server.client.get("/ada"))
        server.settle()
        if not any("the disk is full" in str(error) for error in server.errors):
            raise NotYet("error-lost", kind=kind)


def _keeps_requests_apart(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable)
    both_are_here = bench.gate("both requests have been made")
    app = _carrying_app(carry, job, variable, before=both_are_here.wait_async)
    with bench.serve(app) as server:
        for name in ["ada", "bob"]:
            bench.expect(server.client.get(f"/{name}"))
        both_are_here.open()
        server.settle()
        if not job.wait(2):
            raise _why_not_run(server, kind)
    for run in job.runs:
        if run.seen != run.arguments[0]:
            raise NotYet("mixed-up", kind=kind, got=run.seen, wanted=run.arguments[0])


# services.test-it


class _RealNotifications:
    """The service that must not be used by a test."""

    mails: ClassVar[list[tuple[int, str]]] = []

    def send_order_confirmation(self, order_id: int, to: str) -> None:
        """Send a mail, as a customer would get it."""
        self.mails.append((order_id, to))


class _NewOrder(BaseModel):
    email: str


@dataclass(frozen=True)
class _Shop:
    """How a shop confirms an order, and what the learner's test has missed if it passes that shop."""

    first_id: int
    status: int = 202
    times: int = 1
    wrong_number: bool = False
    wrong_address: bool = False
    missed: str = ""

    def build(self, get_notifications: Callable[[], Any]) -> FastAPI:
        """The app."""
        app = FastAPI()
        ids = itertools.count(self.first_id)

        @app.post("/orders", status_code=self.status)
        def create_order(
            new: _NewOrder, notifications: Annotated[Any, Depends(get_notifications)], tasks: BackgroundTasks
        ) -> dict[str, int]:
            order_id = next(ids)
            to = "somebody@example.com" if self.wrong_address else new.email
            for _ in range(self.times):
                number = order_id + self.wrong_number
                tasks.add_task(notifications.send_order_confirmation, order_id=number, to=to)
            return {"id": order_id}

        return app


_BROKEN = [
    _Shop(21, times=0, missed="misses-silent"),
    _Shop(32, wrong_address=True, missed="misses-address"),
    _Shop(43, wrong_number=True, missed="misses-number"),
    _Shop(54, times=2, missed="misses-twice"),
    _Shop(65, status=200, missed="misses-status"),
]


@exercise("services.test-it", wants=("test_confirmation",))
def check_test_it(bench: Bench, test_confirmation: Callable[..., Any]) -> None:
    """The learner's test passes good shops, fails for broken ones, and leaves no trace."""
    for first_id in [17, 18]:
        failure = _try(bench, test_confirmation, _Shop(first_id))
        if failure is not None:
            raise NotYet("fails-good-shop", error=_words(failure))
    for shop in _BROKEN:
        if _try(bench, test_confirmation, shop) is None:
            raise NotYet(shop.missed, status=shop.status)


def _try(bench: Bench, test: Callable[..., Any], shop: _Shop) -> BaseException | None:
    """Run the learner's test for this shop: the exception by which it fails, or None."""
    mails: list[tuple[int, str]] = []
    real = type("NotificationService", (_RealNotifications,), {"mails": mails})

    def get_notifications() -> Any:
        return real()

    app = shop.build(get_notifications)
    run = bench.run if inspect.iscoroutinefunction(test) else bench.call
    failures = run(_reporting(test), app, get_notifications)
    if mails:
        raise NotYet("real-mail")
    if app.dependency_overrides:
        raise NotYet("override-left")
    return failures[0] if failures else None


def _reporting(test: Callable[..., Any]) -> Callable[..., Any]:
    """The test as a function that returns its failures instead of raising them."""
    if not callable(test):
        return test

    def failed(error: BaseException) -> list[BaseException]:
        by_pytest = any(kind.__name__ == "OutcomeException" for kind in type(error).__mro__)
        fails = isinstance(error, Exception) or by_pytest
        if isinstance(error, BlankTouched | NotImplementedError) or not fails:
            raise error
        return [error]

    @functools.wraps(test)
    def run(*args: Any) -> Any:
        try:
            result = test(*args)
        except BaseException as error:
            return failed(error)
        return awaited(result) if inspect.isawaitable(result) else passed(result)

    async def awaited(result: Awaitable[Any]) -> list[BaseException]:
        try:
            said = await result
        except BaseException as error:
            return failed(error)
        return passed(said)

    def passed(result: Any) -> list[BaseException]:
        if result is False:
            raise NotYet("returns-a-verdict")
        return []

    return run
