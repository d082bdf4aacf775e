"""What the exercises of lesson 04 ask of a program: what it does, never how it is written."""

import asyncio
import contextlib
import functools
import gc
import sqlite3
import sys
import threading
import weakref
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
from starlette._utils import is_async_callable
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

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
from course.practice.race import TimeLapse
from course.words import say


class _NotDone(Exception):
    """What nobody else raises."""


def _errors() -> list[Exception]:
    """What functions fail with, each of another kind. (Of a TimeoutError asyncio makes a copy.)"""
    return [
        _NotDone("no answer"),
        KeyError("order"),
        ConnectionError("no answer"),
        ValueError("no number"),
    ]


# services.receipts


class _PatientPool(QueuePool):
    """One connection. Who waits for it gives up after so many looks, however long these take."""

    looks = 30
    waiting = given_up = 0
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
        self.given_up += 1
        raise PoolTimeout("QueuePool limit of size 1 overflow 0 reached, connection timed out")


class _Connections:
    """Those to the database of a shop; it is noted when somebody opens a second one, in whatever way.

    Attributes:
        second: whether anybody has opened one of their own, or a second one beside one that is open.
    """

    def __init__(self) -> None:
        self.file = new_file()
        self.second = False
        self.stored: Callable[[], None] | None = None
        """What happens right after the next commit of something new."""
        self._open: weakref.WeakSet[sqlite3.Connection] = weakref.WeakSet()
        sys.addaudithook(self._hear)

    def of_the_pool(self) -> sqlite3.Connection:
        """One for the pool of the sessions, which has a single one at a time."""
        self.second |= bool(self._open)
        with _ours():
            pooled = sqlite3.connect(self.file, check_same_thread=False, factory=_Pooled)
        pooled.open_ones, pooled.stored = self._open, self._committed
        self._open.add(pooled)
        return pooled

    def _committed(self) -> None:
        happens, self.stored = self.stored, None
        if happens is not None:
            happens()

    def beside_the_pool(self) -> sqlite3.Connection:
        """One for the check."""
        with _ours():
            return connect(self.file)

    def _hear(self, event: str, _: Any) -> None:
        if event == "sqlite3.connect" and not getattr(_thread, "is_ours", False):
            self.second = True


_thread = threading.local()


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    """What the calling thread opens is for a pool of a shop, or for the check."""
    _thread.is_ours = True
    try:
        yield
    finally:
        _thread.is_ours = False


class _Pooled(sqlite3.Connection):
    """A connection that says when it has stored something and when it is closed; forgotten, it is closed."""

    open_ones: "weakref.WeakSet[sqlite3.Connection] | None" = None
    stored: Callable[[], None] | None = None

    def commit(self) -> None:
        new = self.in_transaction
        super().commit()
        if new and self.stored is not None:
            self.stored()

    def close(self) -> None:
        super().close()
        if self.open_ones is not None:
            self.open_ones.discard(self)

    def __del__(self) -> None:
        self.close()


class _Shop:
    """The learner's shop with its database, and what was in that when it began to answer.

    The shop reaches the database through the one connection of its sessions only: the engine's URL says
    nothing about the file.
    """

    def __init__(self, bench: Bench, build: Callable[..., FastAPI], receipt: Spy, provider: Gate) -> None:
        self.receipt = receipt
        self.provider = provider
        self.stored: list[list[tuple[int, str]]] = []
        self.tracebacks: list[object] = []
        """Those of the errors that came out of the app, kept as a tool that reports errors keeps them."""
        self.connections = _Connections()
        self.engine = create_engine(
            f"sqlite:///{new_file()}",  # an empty file
            creator=self.connections.of_the_pool,
            poolclass=_PatientPool,
            pool_size=1,
            max_overflow=0,
            pool_timeout=0.05,
        )
        Base.metadata.create_all(self.engine)
        self.take_order_elsewhere(40)
        self.app = bench.call(build, sessionmaker(self.engine), receipt)
        self.late = LateTasks(self._witness, watch=lambda: receipt.called)
        self.served = self.late if isinstance(self.app, Starlette) else self.app

    async def _witness(self, scope: Any, receive: Any, send: Any) -> None:
        """The app; it is noted what is in the database each time it begins to answer."""

        async def note_and_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.stored.append(self.orders())
            await send(message)

        try:
            await self.app(scope, receive, note_and_send)
        except Exception as error:
            self.tracebacks += [each.__traceback__ for each in _with_causes(error)]
            raise

    def gets_its_connection_back(self) -> bool:
        """Whether nobody holds the connection any more; a session that is only forgotten gives it back."""
        pool: Any = self.engine.pool
        if patiently(lambda: pool.checkedout() == 0, 1):
            return True
        gc.collect()
        return bool(pool.checkedout() == 0)

    def take_order_elsewhere(self, number: int, email: str = "zoe@example.com") -> None:
        """Another program stores an order."""
        with closing(self.connections.beside_the_pool()) as other:
            other.execute("INSERT INTO orders VALUES (?, ?)", (number, email))
            other.commit()

    def orders(self) -> list[tuple[int, str]]:
        """What another connection, past the pool, sees at this moment."""
        with closing(self.connections.beside_the_pool()) as other:
            return other.execute("SELECT id, customer FROM orders").fetchall()


@exercise("services.receipts", wants=("build_receipt_shop",))
def check_receipts(bench: Bench, build_receipt_shop: Callable[..., FastAPI]) -> None:
    """Stored before the answer; nothing is held while a receipt is being sent."""
    looks = (
        _one_after_the_other,
        _while_a_receipt_is_sent,
        _overtaken_by_the_next,
        _followed_by_another_program,
        _two_at_once,
        _while_the_connection_is_in_use,
        _when_the_commit_fails,
        _when_the_first_commit_fails,
    )
    failures = ((_when_the_receipt_fails, error) for error in _errors())
    for look, raises in (*((look, None) for look in looks), *failures):
        provider = bench.gate("the mail provider answers")
        if look is not _while_a_receipt_is_sent:
            provider.open()
        receipt = bench.spy("send_receipt", gate=provider, raises=raises)
        shop = _Shop(bench, build_receipt_shop, receipt, provider)
        try:
            look(bench, shop)
        except NotYet:
            _uses_the_sessions(shop)
            raise
        finally:
            provider.open()
            shop.engine.dispose()
        _uses_the_sessions(shop)


_CUSTOMERS = [
    ADA,
    ADA,
    "Bob.B+shop@Example.com",
    " cleo@example.com ",
    "zoë@example.com,dora@example.com",
    "",
]
"""Who orders, one after the other: one of them twice, and some whom a program might take for others."""


def _one_after_the_other(bench: Bench, shop: _Shop) -> None:
    """Each order has its number, its row and its receipt."""
    receipt = shop.receipt
    with bench.serve(shop.served, name="build_receipt_shop") as server:
        for number, email in enumerate(_CUSTOMERS, 1):
            before = shop.orders()
            order_id = _ordered(bench, _order(server, email))
            server.settle()
            wait_for_calls(server, receipt, number)
            if len(receipt.calls) < number:
                raise _why_no_receipt(server, number, email)
            if came_early(server, receipt.calls[number - 1], number):
                raise NotYet("inline")
            if len(receipt.calls) > number:
                raise NotYet("twice", count=len(receipt.calls) - number + 1)
            _look_at_receipt(receipt.calls[number - 1], order_id, email)
            if server.errors:
                raise NotYet("task-failed", error=error_words(server.errors[0]))
            if not shop.gets_its_connection_back():
                raise NotYet("never-given-back")
            _look_at_rows(shop, before, order_id, email)
        _after_an_order_from_elsewhere(bench, shop, server)
    if more := len(receipt.calls) - len(_CUSTOMERS) - 1:  # the server is down: nothing can come any more
        raise NotYet("twice", count=1 + more)


def _after_an_order_from_elsewhere(bench: Bench, shop: _Shop, server: Server) -> None:
    """Another program has stored an order, under the number that comes next."""
    taken = 1 + max(number for number, _ in shop.orders())
    shop.take_order_elsewhere(taken)
    before, known = shop.orders(), len(server.errors)
    reply = _order(server, BOB)
    server.settle()
    if reply.status_code == 500:
        patiently(lambda: server.errors[known:])
        error = error_words(server.errors[-1]) if server.errors[known:] else cut(reply.text)
        raise NotYet("number-taken", taken=taken, error=error)
    order_id = _ordered(bench, reply)
    wait_for_calls(server, shop.receipt, len(_CUSTOMERS) + 1)
    _look_at_rows(shop, before, order_id, BOB)


def _look_at_rows(shop: _Shop, before: list[tuple[int, str]], order_id: int, email: str) -> None:
    """One order is one more row, and the others are as they were."""
    rows = shop.orders()
    new = [row for row in rows if row not in before]
    hers = [number for number, customer in new if customer == email]
    if not new and (order_id, email) in before:
        raise NotYet("no-row-of-its-own", order_id=order_id, email=email)
    if not new:
        raise NotYet("not-stored", order_id=order_id)
    if hers and order_id not in hers:
        raise NotYet("other-number", order_id=order_id, stored=hers[0])
    if sorted(rows) != sorted([*before, (order_id, email)]):
        gone = [row for row in before if row not in rows]
        raise NotYet("other-rows", order_id=order_id, email=email, new=_rows(new), gone=_rows(gone))


def _uses_the_sessions(shop: _Shop) -> None:
    if shop.connections.second:
        raise NotYet("second-connection") from None


def _rows(rows: list[tuple[int, str]]) -> str:
    return cut(", ".join(map(repr, rows))) or say("none")


def _order(server: Server, email: str) -> httpx.Response:
    return server.client.post("/orders", json={"email": email})


def _ordered(bench: Bench, reply: httpx.Response) -> int:
    """The number of an order that was answered with 201."""
    body = json_of(bench.expect(reply, 201))
    if not isinstance(body, dict) or type(body.get("id")) is not int:
        raise NotYet("wrong-reply", got=cut(reply.text))
    return int(body["id"])


def _look_at_receipt(call: Call, order_id: int, email: str = ADA) -> None:
    if call.values != (email, order_id):
        got = ", ".join(repr(v) if isinstance(v, int | str) else type(v).__name__ for v in call.values)
        if [_letters(value) for value in call.values] == [_letters(email), order_id]:
            raise NotYet("other-address", order_id=order_id, email=email, got=call.values[0])
        raise NotYet("wrong-receipt", order_id=order_id, email=email, got=cut(got) or say("nothing"))


def _letters(value: Any) -> Any:
    """What is left of an address that somebody has tidied up."""
    return "".join(value.split()).casefold() if isinstance(value, str) else value


def _why_no_receipt(server: Server, number: int, email: str = ADA) -> NotYet:
    if not server.errors:
        return NotYet("no-receipt") if number == 1 else NotYet("no-second-receipt", email=email)
    error = server.errors[0]
    miss = {"TimeoutError": "task-starved", "DetachedInstanceError": "detached"}
    return NotYet(miss.get(type(error).__name__, "task-failed"), error=error_words(error))


def _while_a_receipt_is_sent(bench: Bench, shop: _Shop) -> None:
    """The first receipt is being sent; two more customers order."""
    receipt = shop.receipt
    with bench.serve(shop.served) as server:
        order_id = _ordered(bench, _order(server, ADA))
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
            first = _ordered(bench, _order(server, ADA))
            _ordered(bench, _order(server, BOB))
        server.settle()
        wait_for_calls(server, receipt, 2)
        if server.errors:
            raise NotYet("task-failed", error=error_words(server.errors[0]))
        hers = [call for call in receipt.calls if ADA in call.values]
        if not hers:
            raise NotYet("mixed-up", email=ADA)
        _look_at_receipt(hers[0], first)


def _followed_by_another_program(bench: Bench, shop: _Shop) -> None:
    """Right after the commit, another program stores an order of the same customer."""
    numbers: list[int] = []

    def store_another() -> None:
        numbers.append(max(number for number, _ in shop.orders()))
        shop.take_order_elsewhere(numbers[0] + 1, ADA)

    with bench.serve(shop.served) as server:
        shop.connections.stored = store_another
        order_id = _ordered(bench, _order(server, ADA))
        server.settle()
        wait_for_calls(server, shop.receipt, 1)
    for where, number in (
        (say("your answer"), order_id),
        *((say("the receipt"), value) for call in shop.receipt.calls for value in call.values),
    ):
        if numbers and number == numbers[0] + 1:
            raise NotYet("number-of-another", email=ADA, order_id=numbers[0], other=number, where=where)


def _two_at_once(bench: Bench, shop: _Shop) -> None:
    """The second order comes while the first one is being written."""
    writing, others = threading.Event(), list[Any]()

    def hold(*_: Any) -> None:
        pool: Any = shop.engine.pool
        pool.in_turn = True
        if not writing.is_set() and _running_loop() is None:
            writing.set()
            patiently(lambda: pool.waiting or any(other.done for other in others))

    with bench.serve(shop.served) as server:
        event.listen(shop.engine, "before_cursor_execute", hold)
        first = server.submit("POST", "/orders", json={"email": ADA})
        patiently(lambda: writing.is_set() or first.done)
        others.append(server.submit("POST", "/orders", json={"email": BOB}))
        bench.until(lambda: first.done and others[0].done)
        for reply, email in ((first.result(), ADA), (others[0].result(), BOB)):
            if reply.status_code != 201:
                error = error_words(server.errors[0]) if server.errors else cut(reply.text)
                starved = any(isinstance(each, PoolTimeout) for each in server.errors)
                refused = "not-at-once" if server.errors or reply.status_code == 500 else "refused"
                miss = "held-over-an-await" if starved else refused
                raise NotYet(miss, status=reply.status_code, error=error)
            order_id = _ordered(bench, reply)
            if (order_id, email) not in shop.orders():
                stored = [number for number, customer in shop.orders() if customer == email]
                raise NotYet("other-number", order_id=order_id, stored=stored[0] if stored else say("none"))


def _while_the_connection_is_in_use(bench: Bench, shop: _Shop) -> None:
    """An order comes while somebody has the one connection, for longer than the pool waits."""
    with bench.serve(shop.served) as server:
        pool: Any = shop.engine.pool  # an app may make a new one when it starts
        with shop.engine.connect():
            reply = server.submit("POST", "/orders", json={"email": ADA})
            patiently(lambda: reply.done or pool.given_up > 1)
        bench.until(lambda: reply.done)
        server.settle()


def _when_the_commit_fails(bench: Bench, shop: _Shop) -> None:
    """No 201 and no receipt for an order that is not stored, and the next customer can order."""

    full = OSError("the disk is full")  # kept until the next order is through, with all that it holds

    def fail(_: Any) -> None:
        raise full

    event.listen(shop.engine, "commit", fail)
    with bench.serve(shop.served) as server:
        reply = _order(server, ADA)
        if not reply.is_error:
            raise NotYet("commit-failed", status=reply.status_code)
        server.settle()
        event.remove(shop.engine, "commit", fail)
        if not shop.gets_its_connection_back():
            raise NotYet("kept-after-failure")
        known = len(server.errors)
        following = _order(server, BOB)
        if following.status_code != 201:
            patiently(lambda: len(server.errors) > known)
            error = error_words(server.errors[-1]) if server.errors[known:] else cut(following.text)
            raise NotYet("not-after-failure", status=following.status_code, error=error)
        order_id = _ordered(bench, following)
        server.settle()
        patiently(lambda: _receipts_for(shop, BOB) or len(server.errors) > known)
    if _receipts_for(shop, ADA):  # the server is down: nothing can come any more
        raise NotYet("receipt-for-nothing", status=reply.status_code)
    if (order_id, BOB) not in shop.orders():
        raise NotYet("not-stored", order_id=order_id)
    if not _receipts_for(shop, BOB):
        raise NotYet("no-second-receipt", email=BOB)


def _when_the_first_commit_fails(bench: Bench, shop: _Shop) -> None:
    """The first commit fails, and the next one would not: the order is not tried again."""
    failed: list[bool] = []

    def fail(_: Any) -> None:
        if not failed:
            failed.append(True)
            raise OSError("the disk is full")

    event.listen(shop.engine, "commit", fail)
    with bench.serve(shop.served) as server:
        reply = _order(server, ADA)
        server.settle()
    if not reply.is_error:
        raise NotYet("committed-again", status=reply.status_code)
    if _receipts_for(shop, ADA):
        raise NotYet("receipt-for-nothing", status=reply.status_code)


def _receipts_for(shop: _Shop, email: str) -> list[Call]:
    return [call for call in shop.receipt.calls if email in call.values]


def _when_the_receipt_fails(bench: Bench, shop: _Shop) -> None:
    """The order stays, there is one try, and the next order has a receipt of its own."""
    with bench.serve(shop.served) as server:
        order_id = _ordered(bench, _order(server, ADA))
        server.settle()
        wait_for_calls(server, shop.receipt, 1)
        known = len(server.errors)
        _ordered(bench, _order(server, BOB))
        server.settle()
        patiently(lambda: _receipts_for(shop, BOB) or len(server.errors) > known)
    if (order_id, ADA) not in shop.orders():
        raise NotYet("not-kept", order_id=order_id)
    for email in (ADA, BOB):
        if (count := len(_receipts_for(shop, email))) > 1:
            raise NotYet("tried-again", count=count)
    if not _receipts_for(shop, BOB):
        raise NotYet("none-after-failure")


# services.carry


_ODD = ("", 0, None, False, (), ["a", "list"], ValueError("a value"), "zoë")
"""Values that a program might take for none at all, or copy."""

_Arguments = tuple[tuple[Any, ...], dict[str, Any]]

_PLAIN: _Arguments = (("ada",), {"urgent": True})
_NAMES = (
    *("context", "ctx", "loop", "function", "fn", "f", "callable", "task", "coroutine"),
    *("args", "kwargs", "name", "key", "value", "result", "timeout", "order_id"),
)
_MANY: _Arguments = (
    ("ada", None, 0, "", False, ["a", "list"], ValueError("an argument")),
    {"to": None, "number": 0, **{name: name.upper() for name in _NAMES}},
)
"""What a task is called with: a function may have a parameter of any name, except those of `add_task`."""


@dataclass(frozen=True)
class _Run:
    """One run of a carried function: what it saw, what it was given, and on which event loop."""

    seen: tuple[Any, ...]
    arguments: _Arguments
    loop: asyncio.AbstractEventLoop | None


class _Job:
    """A function to be carried, def or async def, that notes its runs.

    Args:
        kind: "def" or "async def".
        variables: what it looks at.
        gate: what it waits for, before its end.
        cleaned_up: what it waits for when it was cancelled, before its end.
        leaves: what it sets the first variable to, when it has looked.
    """

    def __init__(
        self,
        kind: str,
        *variables: ContextVar[Any],
        gate: Gate | None = None,
        cleaned_up: Gate | None = None,
        leaves: str | None = None,
    ) -> None:
        self.kind = kind
        self.error: Exception | None = None
        """What it raises at its end, also when it was cancelled."""
        self.runs: list[_Run] = []
        self.ended = self.cancelled = False
        self.function = self._async() if kind == "async def" else self._sync()
        self._variables = variables
        self._gate = gate
        self._cleaned_up = cleaned_up
        self._leaves = leaves

    def wait(self, number: int, server: Server) -> bool:
        """Whether it has run that many times, by whatever does the work."""
        patiently(lambda: len(self.runs) >= number or server.errors)
        return len(self.runs) >= number

    def _sync(self) -> Callable[..., Any]:
        def write_log(*args: Any, **kwargs: Any) -> None:
            self._note(args, kwargs)
            if self._gate is not None:
                self._gate.wait(_HELD_SECONDS)
            self._end()

        return write_log

    def _async(self) -> Callable[..., Any]:
        async def write_log(*args: Any, **kwargs: Any) -> None:
            await asyncio.sleep(0)
            self._note(args, kwargs)
            try:
                if self._gate is not None:
                    await self._gate.wait_async(_HELD_SECONDS)
            except asyncio.CancelledError:
                self.cancelled = True
                if self._cleaned_up is not None:
                    await self._cleaned_up.wait_async(_HELD_SECONDS)
                self._end()
                raise
            self._end()

        return write_log

    def _note(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        seen = tuple(variable.get() for variable in self._variables)
        if self._leaves is not None:
            self._variables[0].set(self._leaves)
        self.runs.append(_Run(seen, (args, kwargs), _running_loop()))

    def _end(self) -> None:
        self.ended = True
        if self.error is not None:
            raise self.error


_HELD_SECONDS = 1e6  # the check opens the gate long before


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """An exception, what it groups, and what it came from."""
    yield error
    for inner in (error.__cause__, error.__context__, *getattr(error, "exceptions", ())):
        if inner is not None:
            yield from _with_causes(inner)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@exercise("services.carry", wants=("carry",))
def check_carry(bench: Bench, carry: Callable[..., Any]) -> None:
    """Each task sees what its own def endpoint has set, on the thread where it belongs."""
    probe = bench.spy("the function", returns="what the function returns")
    carried = bench.call(carry, probe)
    if probe.called:
        raise NotYet("ran-at-once")
    if not callable(carried):
        raise NotYet("not-callable", got=say("an object of type `{type}`", type=type(carried).__name__))
    for kind in ["def", "async def"]:
        _runs_in_its_context(bench, carry, kind)
        _sees_nothing_newer(bench, carry, kind)
        _lets_errors_through(bench, carry, kind)
        _ends_with_its_function(bench, carry, kind)
        if kind == "async def":
            for error in (None, *_errors()):
                bench.begin_part()
                _is_cancelled_with_its_task(bench, carry, error)
        _keeps_requests_apart(bench, carry, kind)
    bench.begin_part()
    for kind in ["def", "async def"]:
        _runs_twice(bench, carry, kind)
        _runs_twice_at_once(bench, carry, kind)
        _runs_often_at_once(bench, carry, kind)


def _carrying_app(
    carry: Callable[..., Any],
    job: _Job,
    variable: ContextVar[str],
    *,
    before: Callable[..., Any] | None = None,
    after: Callable[..., Any] | None = None,
) -> FastAPI:
    """GET /ada sets the variable to "ada", then carries the job into a task, between two others."""
    app = FastAPI()

    @app.get("/{name}")
    def endpoint(name: str, tasks: BackgroundTasks) -> None:
        variable.set(name)
        if before is not None:
            tasks.add_task(before)
        tasks.add_task(carry(job.function), name)
        if after is not None:
            tasks.add_task(after)

    return app


def _runs_in_its_context(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """Many variables, with odd values; a call with two arguments, and one with many."""
    wanted = ("ada", *_ODD)
    variables: list[ContextVar[Any]] = [
        ContextVar(f"variable {number}", default="nobody") for number in range(len(wanted))
    ]
    job = _Job(kind, *variables)
    app, loops = FastAPI(), list[asyncio.AbstractEventLoop]()

    async def remember_loop() -> None:
        loops.append(asyncio.get_running_loop())

    @app.get("/{number}")
    def endpoint(number: int, tasks: BackgroundTasks) -> None:
        for variable, value in zip(variables, wanted, strict=True):
            variable.set(value)
        by_position, by_name = (_PLAIN, _MANY)[number]
        tasks.add_task(remember_loop)
        tasks.add_task(carry(job.function), *by_position, **by_name)

    with bench.serve(app) as server:
        for number, arguments in enumerate((_PLAIN, _MANY)):
            bench.expect(server.client.get(f"/{number}"))
            server.settle()
            if not job.wait(number + 1, server):
                if number and server.errors:
                    raise NotYet("arguments-refused", kind=kind, error=error_words(server.errors[0]))
                raise _why_not_run(server, kind)
            run = job.runs[number]
            _look_at_arguments(run, arguments, kind)
            if kind == "def" and run.loop is not None:
                raise NotYet("on-the-loop")
            if kind == "async def" and run.loop is not loops[0]:
                raise NotYet("other-loop")
            for seen, value in zip(run.seen, wanted, strict=True):
                if seen is not value:
                    raise NotYet("value-lost", kind=kind, got=seen, wanted=value)


def _look_at_arguments(run: _Run, arguments: _Arguments, kind: str) -> None:
    """Whether they are the very objects that the task was to be called with."""
    given, wanted = _by_place(*run.arguments), _by_place(*arguments)
    for place in (*wanted, *given):
        if place not in given or place not in wanted or given[place] is not wanted[place]:
            raise NotYet(
                "arguments-lost",
                kind=kind,
                place=f"number {place}" if isinstance(place, int) else f"`{place}`",
                got=cut(repr(given[place])) if place in given else say("nothing"),
                wanted=cut(repr(wanted[place])) if place in wanted else say("nothing"),
            )


def _by_place(by_position: tuple[Any, ...], by_name: dict[str, Any]) -> dict[int | str, Any]:
    places = dict[int | str, Any](enumerate(by_position, 1))
    places.update(by_name.items())
    return places


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
    if job.runs[0].seen != ("nobody",):
        raise NotYet("seen-later", kind=kind, got=job.runs[0].seen[0])


def _why_not_run(server: Server, kind: str) -> NotYet:
    if server.errors:
        return NotYet("task-failed", kind=kind, error=error_words(server.errors[0]))
    if any(task.outcome == "lost" for task in server.timeline.tasks):
        return NotYet("coroutine-lost")
    return NotYet("never-ran", kind=kind)


def _lets_errors_through(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable)
    with bench.serve(_carrying_app(carry, job, variable)) as server:
        for error in _errors():
            known = len(server.errors)
            job.error = error
            bench.expect(server.client.get("/ada"))
            server.settle()
            told = server.errors[known:]
            if not any(each is error for top in told for each in _with_causes(top)):
                raise NotYet("error-lost", kind=kind, wanted=error_words(error))
            if not any(top is error for top in told):
                raise NotYet("other-error", kind=kind, got=error_words(told[0]), wanted=error_words(error))


def _ends_with_its_function(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """The function is at work for an hour; the next task of the response begins when it is done."""
    variable = ContextVar("request_id", default="nobody")
    may_end = bench.gate("the function may end")
    job = _Job(kind, variable, gate=may_end)
    began: list[bool] = []

    async def next_task() -> None:
        began.append(job.ended)

    lapse = TimeLapse(_carrying_app(carry, job, variable, after=next_task))
    with bench.serve(lapse) as server:
        bench.expect(server.client.get("/ada"))
        if not job.wait(1, server):
            raise _why_not_run(server, kind)
        lapse.skip(3600)
        if job.cancelled:
            raise NotYet("cut-off", kind=kind)
        if began:
            raise NotYet("ended-early", kind=kind)
        may_end.open()
        server.settle()
        patiently(lambda: began or server.errors)
        if server.errors:
            raise _why_not_run(server, kind)
    if began != [True]:
        raise NotYet("ended-early", kind=kind)


def _is_cancelled_with_its_task(bench: Bench, carry: Callable[..., Any], error: Exception | None) -> None:
    """A server that cannot wait any longer cancels the task. (A thread would go on.)

    Args:
        bench: the bench.
        carry: the learner's.
        error: what the function raises when it was cancelled and has cleaned up.
    """
    may_end = bench.gate("the function may end")
    cleaned_up = bench.gate("the function has cleaned up")
    job = _Job("async def", gate=may_end, cleaned_up=cleaned_up)
    job.error = error
    app, tasks = FastAPI(), list[asyncio.Task[None]]()
    ends: list[BaseException | None] = []

    @app.get("/begin")
    async def begin() -> bool:
        carried = carry(job.function)
        tasks.append(asyncio.create_task(BackgroundTask(carried)()))
        return is_async_callable(carried)

    @app.get("/cancel")
    async def cancel() -> str | None:
        """What is wrong, if it shows before the function has ended, a few turns of the loop later."""
        [task] = tasks
        task.cancel()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        early = "ended-in-cleanup" if job.cancelled else "left-behind"
        miss = early if task.done() else None if job.cancelled else "not-cancelled"
        cleaned_up.open()
        may_end.open()
        ends.extend(await asyncio.gather(task, return_exceptions=True))
        return miss

    with bench.serve(app) as server:
        if bench.expect(server.client.get("/begin")).json():
            if not job.wait(1, server):
                raise _why_not_run(server, job.kind)
            if (miss := bench.expect(server.client.get("/cancel")).json()) is not None:
                raise NotYet(miss)
            got = error_words(ends[0]) if ends[0] else say("no exception")
            if error is not None and ends != [error]:
                raise NotYet("cleanup-error-lost", wanted=error_words(error), got=got)
            if error is None and not isinstance(ends[0], asyncio.CancelledError):
                raise NotYet("cancellation-lost", got=got)


_TURNS = 100


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
            raise NotYet("mixed-up", kind=kind, got=run.seen[0], wanted=run.arguments[0][0])


_LEFT = "set by the first run"


def _runs_twice(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """One carried function is two tasks of a response, and each run sets the variable."""
    variable = ContextVar("request_id", default="nobody")
    job = _Job(kind, variable, leaves=_LEFT)
    app = FastAPI()

    @app.get("/")
    def endpoint(tasks: BackgroundTasks) -> None:
        variable.set("ada")
        carried = carry(job.function)
        for _ in range(2):
            tasks.add_task(carried)

    with bench.serve(app) as server:
        bench.expect(server.client.get("/"))
        server.settle()
        if not job.wait(2, server):
            error = error_words(server.errors[0]) if server.errors else say("it never began")
            raise NotYet("second-run-failed", kind=kind, error=error)
    _sees_nothing_of(job)


def _runs_twice_at_once(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """One carried function is the task of two requests. Both runs are to be at work at the same time."""
    variable = ContextVar("request_id", default="nobody")
    may_end = bench.gate("the function may end")
    job = _Job(kind, variable, gate=may_end, leaves=_LEFT)
    app, carried = FastAPI(), list[Callable[..., Any]]()

    @app.get("/")
    def endpoint(tasks: BackgroundTasks) -> None:
        if not carried:
            variable.set("ada")
            carried.append(carry(job.function))
        tasks.add_task(carried[0])

    with bench.serve(app) as server:
        for number in (1, 2):
            bench.expect(server.client.get("/"))
            if not job.wait(number, server):
                raise _why_not_at_once(server, kind)
        may_end.open()
        server.settle()
        if server.errors:
            raise _why_not_at_once(server, kind)
    _sees_nothing_of(job)


_OFTEN = 60
"""Runs that begin in one turn of the loop: more than there are threads."""


def _runs_often_at_once(bench: Bench, carry: Callable[..., Any], kind: str) -> None:
    """One carried function, with other arguments each time."""
    job = _Job(kind)
    wanted = [(number, number) for number in range(_OFTEN)]
    app = FastAPI()

    @app.get("/")
    async def endpoint() -> None:
        carried = carry(job.function)
        run = carried if is_async_callable(carried) else functools.partial(run_in_threadpool, carried)
        await asyncio.gather(*(run(one, order=other) for one, other in wanted))

    with bench.serve(app) as server:
        server.client.get("/")
        server.settle()
        if server.errors:
            raise _why_not_at_once(server, kind)
    given = [
        (*by_position, *by_name.values()) for by_position, by_name in (run.arguments for run in job.runs)
    ]
    for number in wanted:
        if (count := given.count(number)) != 1:
            raise NotYet("arguments-of-another-run", kind=kind, runs=_OFTEN, number=number[0], count=count)


def _sees_nothing_of(job: _Job) -> None:
    for run in job.runs:
        if run.seen != ("ada",):
            raise NotYet("seen-of-another-run", kind=job.kind, got=run.seen[0], wanted="ada")


def _why_not_at_once(server: Server, kind: str) -> NotYet:
    if server.errors:
        return NotYet("not-at-once", kind=kind, error=error_words(server.errors[0]))
    return NotYet("one-by-one", kind=kind)
