"""The checks of lesson 03. Each runs the learner's program and looks at what happened."""

import asyncio
import contextlib
import functools
import inspect
import multiprocessing
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from course.lessons.sync_and_async.held import Held
from course.lessons.sync_and_async.newsletter import build_newsletter
from course.lessons.sync_and_async.primes import count_primes
from course.lessons.sync_and_async.provider import Provider, settle_down
from course.live import Gate, LiveError, Server, SettleTimeout
from course.practice import Bench, NotYet, Spy, exercise, innermost

_HELD_SECONDS = 0.7  # how long we wait for an answer before we say that there is none
_COMING_SECONDS = 0.4  # how long something may take to begin on a server that has nothing else to do


class _WithPing:
    """The learner's app, and beside it what only needs the event loop: GET /ping, GET /free-threads."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope.get("path"):
            case "/ping":
                app: ASGIApp = PlainTextResponse("pong")
            case "/free-threads":
                free = anyio.to_thread.current_default_thread_limiter().available_tokens
                app = PlainTextResponse(str(free))
            case _:
                app = self.app
        await app(scope, receive, send)


def _answered(pending: Any, seconds: float = _HELD_SECONDS) -> bool:
    """Whether there is an answer, waiting for it if need be."""
    try:
        pending.result(timeout=seconds)
    except LiveError:
        return False
    except httpx.HTTPError:
        return True
    return True


def _begins(
    server: Server, begun: Callable[[], bool], seconds: float = 3, *, in_a_process: bool = True
) -> bool:
    """Whether something begins; False as well when the server is done with everything and it does not.

    What begins in a process may take a while longer: a new one has to start.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            server.settle(timeout=0.02)
        except SettleTimeout:
            pass
        else:
            if server.errors:
                break
            if not (in_a_process and multiprocessing.active_children()):
                end = min(end, time.monotonic() + _COMING_SECONDS)
        if begun():
            return True
        time.sleep(0.01)
    return begun()


@contextlib.contextmanager
def _in_the_end(server: Server, release: Callable[[], None]) -> Iterator[None]:
    """Let go of what is held, and of who waits for it, before the server is stopped."""
    try:
        yield
    finally:
        release()
        with contextlib.suppress(SettleTimeout):
            server.settle(timeout=1)


def _words(error: BaseException) -> str:
    """An exception in one line; of a group the first one in it."""
    error = innermost(error)
    return f"{type(error).__name__}: {error}".rstrip(".")


def _list(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))


# sync.unblock


@exercise("sync.unblock", wants=("build_invoicing",))
def check_unblock(bench: Bench, build_invoicing: Callable[..., FastAPI]) -> None:
    """While send_invoice blocks, the client and everybody else are served."""
    library = bench.gate("the library")
    invoices = bench.spy("send_invoice", gate=library)
    app = bench.call(build_invoicing, invoices)
    with bench.serve(_with_ping(app)) as server, _in_the_end(server, library.open):
        order = server.submit("POST", "/orders/7")
        if not _begins(server, lambda: invoices.called):
            bench.expect(order.result(), 202)
            raise _why_not(server, "never-sent")
        if not _answered(server.submit("GET", "/ping")):
            raise NotYet("others-wait")
        if not _answered(order):
            raise NotYet("client-waits")
        bench.expect(order.result(), 202)
        library.open()
        server.settle()
        _begins(server, lambda: len(invoices.calls) > 1, seconds=0.1)
    if invoices.calls[0].values != (7,):
        raise NotYet("wrong-order", expected=7, got=_list(invoices.calls[0].values))
    if server.errors:
        raise NotYet("failed", error=_words(server.errors[0]))
    if len(invoices.calls) > 1:
        raise NotYet("more-than-once", count=len(invoices.calls))


def _with_ping(app: Any) -> Any:
    """The learner's app with a ping beside it; what is no app is left for `bench.serve` to refuse."""
    return _WithPing(app) if isinstance(app, FastAPI) else app


def _why_not(server: Server, miss: str, **fields: Any) -> NotYet:
    if server.errors:
        return NotYet("failed", error=_words(server.errors[0]), **fields)
    return NotYet(miss, **fields)


# sync.find-freeze

_FREEZE = 0.15  # seconds without a tick of the loop; waiting twice for a busy mailbox takes 0.2


@exercise("sync.find-freeze", wants=("freezing_request",))
def check_find_freeze(bench: Bench, freezing_request: Callable[[], Any]) -> Mapping[str, Any]:
    """After this request the event loop stands still."""
    path = bench.call(freezing_request)
    if not isinstance(path, str) or not path.startswith("/"):
        raise NotYet("not-a-path", got=repr(path))
    for _ in range(3):  # a gap may have another reason; the one that we look for comes every time
        gap, server = _gap_after(bench, path)
        if gap < _FREEZE:
            break
    if gap >= _FREEZE:
        return {"path": path, "milliseconds": round(gap * 1000)}
    task = server.timeline.tasks[0]
    if task.thread != "event loop" and (task.ended or 0) - (task.started or 0) >= _FREEZE:
        raise NotYet("blocked-a-thread", path=path, task=task.function)
    raise NotYet("nobody-waited", path=path)


def _gap_after(bench: Bench, path: str) -> tuple[float, Server]:
    def render(name: str) -> str:
        time.sleep(0.03)
        return name

    async def send_async(_to: str, _text: str) -> None:
        await asyncio.sleep(0.01)

    app = build_newsletter(render, bench.spy("send").function, send_async)
    with bench.serve(app, pulse=0.005) as server:
        reply = server.client.post(path)
        server.settle()
        server.client.get("/")  # one more turn of the loop, so that the gap has two ends
    if reply.status_code != 202:
        raise NotYet("not-accepted", path=path, status=reply.status_code)
    return server.timeline.longest_pulse_gap(), server


# sync.forty

_ORDERS = 60


@exercise("sync.forty", wants=("build_orders",), threads=180)
def check_forty(bench: Bench, build_orders: Callable[..., Any]) -> Mapping[str, Any]:
    """A burst of orders for a slow provider: /health answers, nothing is lost, and the defence is true."""
    provider = Provider()
    pushed: list[Any] = []

    def push(order_id: int) -> None:
        pushed.append(order_id)
        provider.call()

    async def push_async(order_id: int) -> None:
        pushed.append(order_id)
        await provider.call_async()

    app, claimed = _pair(bench.call(build_orders, push, push_async))
    with (
        bench.serve(_with_ping(app), name="build_orders") as server,
        _in_the_end(server, provider.answer),
    ):
        _first_order(bench, server, pushed)
        for number in range(2, _ORDERS + 1):
            bench.expect(server.submit("POST", f"/orders/{number}").result(), 202)
        at_once = settle_down(provider, enough=claimed)
        health = server.submit("GET", "/health")
        answers = _answered_or_starved(server, health)
        if answers:
            bench.expect(health.result())
        provider.answer()
        server.settle()
        _begins(server, lambda: len(pushed) >= _ORDERS)
    if server.errors:
        raise NotYet("failed", error=_words(server.errors[0]))
    if not answers:
        raise NotYet("starved", orders=_ORDERS, at_once=at_once)
    if next(one for one in server.timeline.requests if one.title == "GET /health").thread == "event loop":
        raise NotYet("health-changed")
    if len(pushed) < _ORDERS:
        raise NotYet("not-pushed", orders=_ORDERS, count=len(pushed))
    if sorted(map(str, pushed)) != sorted(map(str, range(1, _ORDERS + 1))):
        strange = sorted((Counter(map(str, pushed)) - Counter(map(str, range(1, _ORDERS + 1)))).elements())
        raise NotYet("wrong-orders", orders=_ORDERS, got=_list(strange[:3]))
    if claimed != at_once:
        raise NotYet("defence-off", claimed=claimed, at_once=at_once, orders=_ORDERS)
    return {"orders": _ORDERS, "at_once": at_once}


def _answered_or_starved(server: Server, pending: Any) -> bool:
    """Whether there is an answer; there will be none soon when every worker thread is taken."""
    end = time.monotonic() + 3
    while not _answered(pending, 0.05) and time.monotonic() < end:
        if float(server.client.get("/free-threads").text) < 1:
            return _answered(pending, 0.05)
    return _answered(pending, 0.05)


def _pair(result: Any) -> tuple[Any, int]:
    if isinstance(result, tuple | list) and len(result) == 2:
        app, claimed = result
        if isinstance(claimed, int) and not isinstance(claimed, bool):
            return app, claimed
    raise NotYet("not-a-pair", got=type(result).__name__)


def _first_order(bench: Bench, server: Server, pushed: list[Any]) -> None:
    first = server.submit("POST", "/orders/1")
    if not _begins(server, lambda: bool(pushed)):
        bench.expect(first.result(), 202)
        raise _why_not(server, "not-pushed", orders=1, count=0)
    if not _answered(server.submit("GET", "/ping")):
        raise NotYet("frozen")
    if not _answered(first):
        raise NotYet("client-waits")
    bench.expect(first.result(), 202)


# sync.fan-out


class _Customers:
    """Counts who is told, and how many at the same time."""

    def __init__(self, names: list[str], slow: str = "", failing: str = "") -> None:
        self.names = names
        self.told: list[str] = []
        self.at_once = 0
        self.most = 0
        self.slow_gave_up = False
        self._slow = slow
        self.failing = failing
        self._all_others = asyncio.Event()

    async def notify(self, customer: str) -> None:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if customer == self.failing:
                raise ConnectionError(customer)
            if customer == self._slow:
                await self._wait_for_the_others()
            else:
                await asyncio.sleep(0.01)
            self.told.append(customer)
            if len(set(self.told)) >= len(self.names) - 1:
                self._all_others.set()
        finally:
            self.at_once -= 1

    async def _wait_for_the_others(self) -> None:
        try:
            async with asyncio.timeout(0.6):
                await self._all_others.wait()
        except TimeoutError:
            self.slow_gave_up = True


@exercise("sync.fan-out", wants=("notify_all",))
def check_fan_out(bench: Bench, notify_all: Callable[..., Awaitable[None]]) -> Mapping[str, Any]:
    """Side by side within the limit; a failure touches nobody else; nothing is left running."""
    limit = 3
    names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus"]
    customers = _Customers(names, slow="Ada")
    left = _tell(bench, notify_all, customers, limit)
    _judge_overlap(customers, limit, left)
    if customers.slow_gave_up:
        raise NotYet("in-lots", limit=limit)
    with_failure = _Customers(names, failing="Bob")
    left = _tell(bench, notify_all, with_failure, limit=2)
    _judge_overlap(with_failure, 2, left)
    missing = [name for name in names if name not in [*with_failure.told, "Bob"]]
    if missing:
        raise NotYet("not-told", missing=len(missing), total=len(names), names=_list(missing))
    return {"limit": limit}


def _judge_overlap(customers: _Customers, limit: int, left: int) -> None:
    if customers.most == 1:
        raise NotYet("one-by-one", limit=limit)
    if customers.most > limit:
        raise NotYet("over-the-limit", count=customers.most, limit=limit)
    if left:
        raise NotYet("orphans", count=left)
    failing = bool(customers.failing)
    counts = Counter(customers.told)
    for name in customers.names:
        if counts[name] > 1:
            raise NotYet("told-twice", name=name, count=counts[name])
    missing = [name for name in customers.names if not counts[name]]
    if missing and not failing:
        raise NotYet("forgotten", missing=len(missing), total=len(customers.names), names=_list(missing))
    if customers.most < limit and not failing:
        raise NotYet("below-the-limit", count=customers.most, limit=limit)


def _tell(bench: Bench, notify_all: Callable[..., Any], customers: _Customers, limit: int) -> int:
    """Run it to its end; how many calls are under way then."""
    left = 0

    @functools.wraps(notify_all)
    async def watched(*args: Any) -> None:
        nonlocal left
        try:
            result = notify_all(*args)
            if inspect.isawaitable(result):
                await result
        except Exception:
            if not customers.failing:
                raise
            # to say in the end that one has failed is fine, in whatever words
        finally:
            left = customers.at_once

    async def notify(customer: str) -> None:
        await customers.notify(customer)

    bench.run(watched, notify, customers.names, limit)
    return left


# sync.deadline

_SLOW_FETCH = 1.2  # seconds
_IN_TIME = 0.8  # seconds; a tenth was asked for, and the machine may be busy


class _Archive:
    """A blocking library with a time-out of its own."""

    def __init__(self, bench: Bench) -> None:
        self.fetches: Spy = bench.spy("fetch")
        self.given_up: Spy = bench.spy("give_up")
        self.ended: dict[Any, float] = {}
        self.at_work = 0
        self.patience: float | None = None
        self._lock = threading.Lock()
        self._never: Gate = bench.gate("the slow report")

    def fetch(self, report_id: int, timeout: float | None = None) -> str:
        self.fetches.function(report_id)
        with self._lock:
            self.at_work += 1
            self.patience = timeout
        try:
            self._work(report_id, timeout)
        finally:
            with self._lock:
                self.at_work -= 1
            self.ended[report_id] = time.perf_counter()
        return f"report {report_id}"

    def _work(self, report_id: int, timeout: float | None) -> None:
        if report_id != 1:
            return
        end = time.monotonic() + (_SLOW_FETCH if timeout is None else min(timeout, _SLOW_FETCH))
        while time.monotonic() < end and not self._never.is_open:
            time.sleep(0.005)
        if timeout is not None and timeout < _SLOW_FETCH:
            raise TimeoutError("the archive does not answer")

    def give_up(self, report_id: int) -> None:
        self.given_up.function(report_id)


@exercise("sync.deadline", wants=("build_reports",))
def check_deadline(bench: Bench, build_reports: Callable[..., FastAPI]) -> None:
    """The slow report is given up in time, with no thread at work; the quick one is not given up."""
    archive = _Archive(bench)
    app = bench.call(build_reports, archive.fetch, archive.give_up)
    with bench.serve(_with_ping(app)) as server:
        reply = server.submit("POST", "/reports/1")
        if not _begins(server, lambda: archive.fetches.called):
            status = bench.expect(reply.result(), 202).status_code
            raise _why_not(server, "not-fetched", report=1, status=status)
        began = archive.fetches.calls[0]
        _same_report(archive.fetches, 1)
        if began.thread == "event loop":
            raise NotYet("others-wait")
        _begins(server, lambda: archive.given_up.called)
        at_work = _still_at_work(archive)
        bench.expect(reply.result(), 202)
        _judge_giving_up(archive, server, began.at, at_work)
        status = bench.expect(server.client.post("/reports/2"), 202).status_code
        if not _begins(server, lambda: len(archive.fetches.calls) > 1):
            raise _why_not(server, "not-fetched", report=2, status=status)
        server.settle()
        if any(2 in call.values for call in archive.given_up.calls):
            raise NotYet("gave-up-on-time", report=2)
        _same_report(archive.fetches, 2)


def _same_report(spy: Spy, expected: int) -> None:
    if spy.calls[-1].values != (expected,):
        raise NotYet("wrong-report", expected=expected, name=spy, got=_list(spy.calls[-1].values))


def _still_at_work(archive: _Archive) -> bool:
    """Whether fetch is at work, and not just about to end."""
    end = time.monotonic() + 0.2
    while archive.at_work and time.monotonic() < end:
        time.sleep(0.01)
    return archive.at_work > 0


def _judge_giving_up(archive: _Archive, server: Server, began: float, at_work: bool) -> None:
    if not archive.given_up.called:
        if server.errors:
            raise NotYet("failed", error=_words(server.errors[0]))
        if archive.patience is not None and archive.patience >= _SLOW_FETCH:
            raise NotYet("too-patient", seconds=f"{archive.patience:g}")
        raise NotYet("never-gave-up", seconds=f"{_SLOW_FETCH:g}")
    _same_report(archive.given_up, 1)
    waited = archive.given_up.calls[0].at - began
    if waited > _IN_TIME:
        raise NotYet("gave-up-late", seconds=f"{waited:.1f}")
    if at_work:
        raise NotYet("thread-left")
    if server.timeline.start("response") >= archive.ended[1]:
        raise NotYet("client-waits")


# sync.processes


@exercise("sync.processes", wants=("build_counter",))
def check_processes(bench: Bench, build_counter: Callable[..., FastAPI]) -> None:
    """Computed in another process, stored, nobody waits, no process left."""
    with tempfile.TemporaryDirectory() as folder:
        compute = Held(Path(folder))
        store = bench.spy("store")
        app = bench.call(build_counter, compute, store)
        with bench.serve(_with_ping(app)) as server, _in_the_end(server, compute.go):
            _compute_one(bench, server, compute, store, 3000)
            _store_another(bench, server, compute, store, 2000)
        _nothing_left(compute.processes())


def _compute_one(bench: Bench, server: Server, compute: Held, store: Spy, n: int) -> None:
    order = server.submit("POST", f"/count/{n}")
    if not _begins(server, lambda: bool(compute.processes()), seconds=5):
        bench.expect(order.result(), 202)
        raise _why_not(server, "never-stored", n=n)
    here = compute.processes() == {os.getpid()}
    if not _answered(server.submit("GET", "/ping")):
        raise NotYet("loop-computes" if here else "loop-waits")
    if not _answered(order):
        raise NotYet("client-waits")
    bench.expect(order.result(), 202)
    if here:
        raise NotYet("thread-computes")
    compute.go()
    _stored(server, compute, store, n, 1)


def _store_another(bench: Bench, server: Server, compute: Held, store: Spy, n: int) -> None:
    bench.expect(server.client.post(f"/count/{n}"), 202)
    _stored(server, compute, store, n, 2)


def _stored(server: Server, compute: Held, store: Spy, n: int, number: int) -> None:
    _begins(server, lambda: compute.has_counted(n))
    if not _begins(server, lambda: len(store.calls) >= number, in_a_process=False):
        raise _why_not(server, "never-stored", n=n)
    expected = (n, count_primes(n))
    if store.calls[-1].values != expected:
        got = _list([type(v).__name__ if not isinstance(v, int) else v for v in store.calls[-1].values])
        raise NotYet("wrong-result", n=n, expected=_list(expected), got=got)


def _nothing_left(processes: set[int]) -> None:
    """Worker processes that the program has opened have a second to end."""
    end = time.monotonic() + 1
    while True:
        left = [child for child in multiprocessing.active_children() if child.pid in processes]
        if not left:
            return
        if time.monotonic() > end:
            raise NotYet("process-left", count=len(left))
        time.sleep(0.02)
