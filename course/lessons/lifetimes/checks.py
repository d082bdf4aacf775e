"""What the exercises of lesson 04 ask of a program: what it does, never how it is written."""

import asyncio
import contextlib
import functools
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import BackgroundTasks, FastAPI
from sqlalchemy import QueuePool, create_engine, event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import sessionmaker
from starlette.applications import Starlette

from course.lessons.services.database import Base, connect, new_file
from course.lessons.services.replies import (
    ADA,
    BOB,
    CLEO,
    came_early,
    cut,
    error_words,
    json_of,
    wait_for_calls,
)
from course.live import Gate, Server
from course.practice import Bench, Call, LateTasks, NotYet, Spy, exercise, patiently

# services.receipts


class _PatientPool(QueuePool):
    """One connection. Who waits for it gives up after so many looks, however long these take."""

    looks = 30
    waiting = 0
    in_turn = False  # whether who comes back lets those who wait go first

    def _do_get(self) -> Any:
        if self.in_turn:
            patiently(lambda: not self.waiting)
        self.waiting += 1
        try:
            for _ in range(self.looks):
                with contextlib.suppress(PoolTimeout):
                    return super()._do_get()
        finally:
            self.waiting -= 1
        raise PoolTimeout("QueuePool limit of size 1 overflow 0 reached, connection timed out")


class _Shop:
    """The learner's shop with its database, and what was in that when it began to answer.

    The shop reaches the database through the one connection of its sessions only: the engine's URL says
    nothing about the file.
    """

    def __init__(self, bench: Bench, build: Callable[..., FastAPI], receipt: Spy, provider: Gate) -> None:
        self.receipt = receipt
        self.provider = provider
        self.stored: list[list[tuple[int, str]]] = []
        self.file = new_file()
        self.engine = create_engine(
            f"sqlite:///{new_file()}",  # an empty file
            creator=lambda: connect(self.file),
            poolclass=_PatientPool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=0.05,
        )
        Base.metadata.create_all(self.engine)
        with closing(connect(self.file)) as other:
            other.execute("INSERT INTO orders VALUES (40, 'zoe@example.com')")
            other.commit()
        self.app = bench.call(build, sessionmaker(self.engine), receipt)
        self.late = LateTasks(self._witness, watch=lambda: receipt.called)
        self.served = self.late if isinstance(self.app, Starlette) else self.app

    async def _witness(self, scope: Any, receive: Any, send: Any) -> None:
        """The app; it is noted what is in the database each time it begins to answer."""

        async def note_and_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.stored.append(self.orders())
            await send(message)

        await self.app(scope, receive, note_and_send)

    def gets_its_connection_back(self) -> bool:
        """Whether nobody holds the connection any more; a session that is only forgotten gives it back."""
        pool: Any = self.engine.pool
        if patiently(lambda: pool.checkedout() == 0, 1):
            return True
        gc.collect()
        return bool(pool.checkedout() == 0)

    def orders(self) -> list[tuple[int, str]]:
        """What another connection, past the pool, sees at this moment."""
        with closing(connect(self.file)) as other:
            return other.execute("SELECT id, customer FROM orders").fetchall()


@exercise("services.receipts", wants=("build_receipt_shop",))
def check_receipts(bench: Bench, build_receipt_shop: Callable[..., FastAPI]) -> None:
    """Stored before the answer; nothing is held while a receipt is being sent."""
    for look in (
        _one_after_the_other,
        _while_a_receipt_is_sent,
        _overtaken_by_the_next,
        _two_at_once,
        _when_the_commit_fails,
        _when_the_receipt_fails,
    ):
        bench.begin_part()
        raises = _MailFailed("no mail today") if look is _when_the_receipt_fails else None
        provider = bench.gate("the mail provider answers")
        if look is not _while_a_receipt_is_sent:
            provider.open()
        receipt = bench.spy("send_receipt", gate=provider, raises=raises)
        shop = _Shop(bench, build_receipt_shop, receipt, provider)
        try:
            look(bench, shop)
        finally:
            provider.open()
            shop.engine.dispose()


class _MailFailed(Exception):
    """What send_receipt raises when the provider is down."""


def _one_after_the_other(bench: Bench, shop: _Shop) -> None:
    """Two orders of one customer, and one of another: three numbers, three receipts."""
    receipt = shop.receipt
    with bench.serve(shop.served, name="build_receipt_shop") as server:
        for number, email in ((1, ADA), (2, ADA), (3, "Bob.B@Example.com")):
            order_id = _ordered(bench, server, _order(server, email))
            server.settle()
            wait_for_calls(server, receipt, number)
            if len(receipt.calls) < number:
                raise _why_no_receipt(server, number)
            if came_early(server, receipt.calls[number - 1], number):
                raise NotYet("inline")
            if len(receipt.calls) > number:
                raise NotYet("twice", count=len(receipt.calls) - number + 1)
            _look_at_receipt(receipt.calls[number - 1], order_id, email)
            if server.errors:
                raise NotYet("task-failed", error=error_words(server.errors[0]))
            if not shop.gets_its_connection_back():
                raise NotYet("never-given-back")
    if len(receipt.calls) > 3:  # the server is down: nothing can come any more
        raise NotYet("twice", count=len(receipt.calls) - 2)


def _order(server: Server, email: str) -> httpx.Response:
    return server.client.post("/orders", json={"email": email})


def _ordered(bench: Bench, server: Server, reply: httpx.Response) -> int:
    """The number of an order that was answered with 201."""
    if reply.status_code == 500:
        server.settle()
        if any("no such table" in str(error) for error in server.errors):
            raise NotYet("other-database")
    body = json_of(bench.expect(reply, 201))
    if not isinstance(body, dict) or type(body.get("id")) is not int:
        raise NotYet("wrong-reply", got=cut(reply.text))
    return int(body["id"])


def _look_at_receipt(call: Call, order_id: int, email: str = ADA) -> None:
    if call.values != (email, order_id):
        got = ", ".join(repr(v) if isinstance(v, int | str) else type(v).__name__ for v in call.values)
        raise NotYet("wrong-receipt", order_id=order_id, email=email, got=cut(got) or "nothing")


def _why_no_receipt(server: Server, number: int) -> NotYet:
    if not server.errors:
        return NotYet("no-receipt" if number == 1 else "no-second-receipt")
    error = server.errors[0]
    miss = {"TimeoutError": "task-starved", "DetachedInstanceError": "detached"}
    return NotYet(miss.get(type(error).__name__, "task-failed"), error=error_words(error))


def _while_a_receipt_is_sent(bench: Bench, shop: _Shop) -> None:
    """The first receipt is being sent; two more customers order."""
    receipt = shop.receipt
    with bench.serve(shop.served) as server:
        order_id = _ordered(bench, server, _order(server, ADA))
        wait_for_calls(server, receipt, 1)
        if not receipt.called:
            raise _why_no_receipt(server, 1)
        if receipt.calls[0].thread == "event loop":
            raise NotYet("on-the-loop")
        if (order_id, ADA) not in shop.stored[0]:
            hers = [number for number, customer in shop.stored[0] if customer == ADA]
            if hers:
                raise NotYet("other-number", order_id=order_id, stored=hers[0])
            raise NotYet("not-stored", order_id=order_id)
        for email in (BOB, CLEO):
            reply = _answer_to(server.submit("POST", "/orders", json={"email": email}))
            if reply.is_error:
                patiently(lambda: server.errors)
                error = error_words(server.errors[0]) if server.errors else cut(reply.text)
                raise NotYet("connection-held", status=reply.status_code, error=error)
        shop.provider.open()


def _answer_to(order: Any) -> httpx.Response:
    """The answer, which may not wait for the receipt that is being sent."""
    if not patiently(lambda: order.done, 3):
        raise NotYet("next-waits")
    reply: httpx.Response = order.result()
    return reply


def _overtaken_by_the_next(bench: Bench, shop: _Shop) -> None:
    """The second order is answered before the first one's task begins."""
    receipt = shop.receipt
    with bench.serve(shop.served) as server:
        with shop.late.held():
            first = _ordered(bench, server, _order(server, ADA))
            _ordered(bench, server, _order(server, BOB))
        server.settle()
        wait_for_calls(server, receipt, 2)
        if server.errors:
            raise NotYet("task-failed", error=error_words(server.errors[0]))
        hers = [call for call in receipt.calls if ADA in call.values]
        if not hers:
            raise NotYet("mixed-up", email=ADA)
        _look_at_receipt(hers[0], first)


def _two_at_once(bench: Bench, shop: _Shop) -> None:
    """The second order comes while the first one is being written."""
    pool: Any = shop.engine.pool
    pool.in_turn = True
    writing, others = threading.Event(), list[Any]()

    def hold(*execution: Any) -> None:
        if execution[2].startswith("INSERT") and not writing.is_set() and _running_loop() is None:
            writing.set()
            patiently(lambda: pool.waiting or any(other.done for other in others), 1)

    event.listen(shop.engine, "before_cursor_execute", hold)
    with bench.serve(shop.served) as server:
        first = server.submit("POST", "/orders", json={"email": ADA})
        patiently(lambda: writing.is_set() or first.done)
        others.append(server.submit("POST", "/orders", json={"email": BOB}))
        for reply, email in ((first.result(), ADA), (others[0].result(), BOB)):
            if reply.status_code != 201:
                error = error_words(server.errors[0]) if server.errors else cut(reply.text)
                raise NotYet("not-at-once", status=reply.status_code, error=error)
            order_id = _ordered(bench, server, reply)
            if (order_id, email) not in shop.orders():
                stored = [number for number, customer in shop.orders() if customer == email]
                raise NotYet("other-number", order_id=order_id, stored=stored[0] if stored else "none")


def _when_the_commit_fails(bench: Bench, shop: _Shop) -> None:
    """No 201 and no receipt for an order that is not stored; the next one can be."""

    def fail(_: Any) -> None:
        raise OSError("the disk is full")

    event.listen(shop.engine, "commit", fail)
    with bench.serve(shop.served) as server:
        reply = _order(server, ADA)
        if not reply.is_error:
            raise NotYet("commit-failed", status=reply.status_code)
        server.settle()
        event.remove(shop.engine, "commit", fail)
        known = len(server.errors)
        later = _order(server, BOB)
        if later.is_error:
            patiently(lambda: len(server.errors) > known)
            error = error_words(server.errors[-1]) if server.errors else cut(later.text)
            raise NotYet("broken-by-failure", status=later.status_code, error=error)
        server.settle()
        if not shop.gets_its_connection_back():
            raise NotYet("never-given-back")
    if any(ADA in call.values for call in shop.receipt.calls):  # the server is down: nothing can come
        raise NotYet("receipt-for-nothing", status=reply.status_code)


def _when_the_receipt_fails(bench: Bench, shop: _Shop) -> None:
    """The order stays, there is one try, and the next order gets one as well."""
    with bench.serve(shop.served) as server:
        ordered = []
        for number in (1, 2):
            ordered.append(_ordered(bench, server, _order(server, ADA)))
            server.settle()
            patiently(lambda: len(shop.receipt.calls) >= number)  # noqa: B023
    for order_id in ordered:
        if (order_id, ADA) not in shop.orders():
            raise NotYet("not-kept", order_id=order_id)
        tries = sum(order_id in call.values for call in shop.receipt.calls)
        if tries > 1:
            raise NotYet("tried-again", count=tries)
        if not tries:
            raise NotYet("none-after-failure", order_id=order_id)


# services.carry


@dataclass(frozen=True)
class _Run:
    """One run of a carried function: what it saw, what it was given, and on which event loop."""

    seen: Any
    arguments: tuple[Any, ...]
    loop: asyncio.AbstractEventLoop | None


class _Job:
    """A function to be carried, def or async def, that notes its runs."""

    def __init__(self, kind: str, variable: ContextVar[Any], error: Exception | None = None) -> None:
        self.kind = kind
        self.runs: list[_Run] = []
        self.function = self._async() if kind == "async def" else self._sync()
        self._variable = variable
        self._error = error

    def wait(self, number: int, server: Server) -> bool:
        """Whether it has run that many times, by whatever does the work."""
        patiently(lambda: len(self.runs) >= number or server.errors)
        return len(self.runs) >= number

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
        self.runs.append(_Run(self._variable.get(), (*args, kwargs), _running_loop()))
        if self._error is not None:
            raise self._error


class _DiskFull(Exception):
    """What a carried function raises."""


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it groups, and what it came from."""
    yield error
    for inner in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if inner is not None:
            yield from _with_causes(inner)


def _grouped(error: BaseException) -> Iterator[BaseException]:
    """An exception, or those that it groups."""
    yield error
    for inner in getattr(error, "exceptions", ()):
        yield from _grouped(inner)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@exercise("services.carry", wants=("carry",))
def check_carry(bench: Bench, carry: Callable[..., Any]) -> None:
    """Each task sees what its own def endpoint has set, on the thread where it belongs."""
    probe = bench.spy("the function")
    try:
        carried = bench.call(carry, probe)
    except NotYet:
        if probe.called:  # what it returned, or raised, came of that
            raise NotYet("ran-at-once") from None
        raise
    if probe.called:
        raise NotYet("ran-at-once")
    if not callable(carried):
        raise NotYet("not-callable", got=f"an object of type {type(carried).__name__}")
    for kind in ["def", "async def"]:
        _runs_in_its_context(bench, carry, kind)
        _carries_everything(bench, carry, kind)
        _sees_nothing_newer(bench, carry, kind)
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
        if not job.wait(1, server):
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


def _carries_everything(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """Variables of any value, and arguments of any number and name."""
    values: list[Any] = ["", 0, None, ["a", "list"]]
    variables = [ContextVar[Any](f"variable {number}", default="nobody") for number in range(len(values))]
    jobs = [_Job(kind, variable) for variable in variables]
    arguments: tuple[Any, ...] = ("ada", None, 7)
    named = {"function": 1, "context": None, "loop": 2, "callable": 3, "task": 4, "args": 5, "kwargs": 6}
    app = FastAPI()

    @app.get("/")
    def endpoint(tasks: BackgroundTasks) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.set(value)
        for job in jobs:
            tasks.add_task(carry(job.function), *arguments, **named)

    with bench.serve(app) as server:
        bench.expect(server.client.get("/"))
        server.settle()
        for job, value in zip(jobs, values, strict=True):
            if not job.wait(1, server):
                raise _why_not_run(server, kind)
            run = job.runs[0]
            if run.arguments != (*arguments, named):
                wanted = (*arguments, named)
                raise NotYet("arguments-lost", kind=kind, got=run.arguments, wanted=wanted)
            if run.seen is not value:
                raise NotYet("value-lost", kind=kind, got=run.seen, wanted=value)


def _sees_nothing_newer(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """A variable that nobody had set when carry was called is unset in the task, whoever sets it later."""
    variable = ContextVar("tenant", default="nobody")
    job = _Job(kind, variable)
    app = FastAPI()

    async def set_later() -> None:
        variable.set("set after carry")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(set_later)
        tasks.add_task(carry(job.function))

    with bench.serve(app) as server:
        bench.expect(server.client.get("/"))
        server.settle()
        if not job.wait(1, server):
            raise _why_not_run(server, kind)
    if job.runs[0].seen != "nobody":
        raise NotYet("seen-later", kind=kind, got=job.runs[0].seen)


def _why_not_run(server: Server, kind: str) -> NotYet:
    if server.errors:
        return NotYet("task-failed", kind=kind, error=error_words(server.errors[0]))
    if any(task.outcome == "lost" for task in server.timeline.tasks):
        return NotYet("coroutine-lost")
    return NotYet("never-ran", kind=kind)


def _lets_errors_through(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    error = _DiskFull("the disk is full")
    job = _Job(kind, variable, error=error)
    with bench.serve(_carrying_app(carry, job, variable)) as server:
        bench.expect(server.client.get("/ada"))
        server.settle()
        if not any(each is error for told in server.errors for each in _with_causes(told)):
            raise NotYet("error-lost", kind=kind)
        if not any(each is error for told in server.errors for each in _grouped(told)):
            raise NotYet(
                "other-error", kind=kind, got=error_words(server.errors[0]), wanted=error_words(error)
            )


def _keeps_requests_apart(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable)
    both_are_here = bench.gate("both requests have been made")
    app = _carrying_app(carry, job, variable, before=functools.partial(both_are_here.wait_async, 60))
    with bench.serve(app) as server:
        for name in ["ada", "bob"]:
            bench.expect(server.client.get(f"/{name}"))
        both_are_here.open()
        server.settle()
        if not job.wait(2, server):
            raise _why_not_run(server, kind)
    for run in job.runs:
        if run.seen != run.arguments[0]:
            raise NotYet("mixed-up", kind=kind, got=run.seen, wanted=run.arguments[0])
