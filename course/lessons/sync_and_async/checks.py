"""The checks of lesson 02. Each runs the learner's program and looks at what happened."""

import asyncio
import contextlib
import functools
import inspect
import itertools
import multiprocessing
import operator
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from unittest import mock

import anyio
import anyio.to_thread
import httpx
import psutil
import tenacity
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course.lessons.sync_and_async import newsletter
from course.lessons.sync_and_async.held import Watch, compute, watch
from course.lessons.sync_and_async.primes import count_primes
from course.lessons.sync_and_async.provider import Provider
from course.live import GateTimeout, Pending, Server, SettleTimeout
from course.practice import Bench, Call, NotYet, Spy, describe, exercise, patiently, shown
from course.practice.overlap import Overlap
from course.practice.pauses import LoopPauses
from course.practice.race import TimeLapse
from course.words import say

_allocate_lock = threading.Lock
_ANSWER_SECONDS = 4
_FINISH_SECONDS = 5
_IDLE = 0.6  # in looks; a worker that polls has had nothing to do meanwhile, and is still there
_LATER = 0.3  # seconds of a server's loop in which a quick time-out of the program fires
_MOMENT = 0.1  # seconds for an answer that nothing delays, before it is looked who keeps it


class _Beside:
    """The learner's app, and beside it what needs no more than a turn of the loop, or a worker thread."""

    def __init__(self, app: ASGIApp, pauses: LoopPauses, enough: Callable[[], bool] = lambda: False) -> None:
        """``enough`` says that no more is to be waited for from the threads that an endpoint has started."""
        self.app = Overlap(app, enough=enough)
        self.loop: asyncio.AbstractEventLoop | None = None
        self.pauses = pauses
        self.answered: set[str] = set()  # the paths whose answers have left
        self.leaving = False  # whether the lifespan has been told to end
        self.left: float | None = None  # when it had ended: uvicorn ends its process at once then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        if scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
            return
        match scope.get("path"):
            case "/ping":
                app: ASGIApp = PlainTextResponse("pong")
            case "/free-threads":
                free = anyio.to_thread.current_default_thread_limiter().available_tokens
                app = PlainTextResponse(str(free))
            case "/later":
                app = PlainTextResponse("pong")
                await asyncio.sleep(_LATER)
            case "/def":
                app = PlainTextResponse(await run_in_threadpool(lambda: "pong"))
            case _:
                app = self.app

        async def note_and_send(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.answered.add(scope["path"])

        await self.pauses.inside(app)(scope, receive, note_and_send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_and_note() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.leaving = True
                self.pauses.no_more_requests()
            return message

        async def note_and_send(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                self.left = time.perf_counter()
            await send(message)

        await self.app(scope, receive_and_note, note_and_send)


def _gets_a_thread(bench: Bench, server: Server, pending: Pending) -> bool:
    """Whether a `def` endpoint is answered; not as long as every token for a thread is taken."""

    def settled() -> bool:
        try:
            return pending.done or float(server.client.get("/free-threads").text) < 1
        except httpx.TimeoutException:  # the loop stands still
            return True

    bench.comes(settled)
    return pending.done or (server.turn() and bench.answers(pending, seconds=0.05))


def _is_answered(bench: Bench, beside: _Beside, pending: Pending, path: str) -> bool:
    """Whether a request is answered while something is held at a gate.

    When nobody can go on, and its answer has not left, it waits for that gate.
    """
    if bench.answers(pending, seconds=_MOMENT):
        return True
    if bench.rest() and path not in beside.answered:
        return False
    return bench.answers(pending)


def _accepted(bench: Bench, pending: Pending) -> httpx.Response:
    """The response to an order, which nothing keeps."""
    if not bench.answers(pending, _ANSWER_SECONDS):
        raise NotYet("engine.no-answer", request=pending.name, seconds=_ANSWER_SECONDS)
    return bench.expect(pending.result(), 202)


@contextlib.contextmanager
def _in_the_end(bench: Bench, release: Callable[[], None]) -> Iterator[None]:
    """Let go of what is held, and of who waits for it, before the server is stopped."""
    try:
        yield
    except BaseException:
        release()
        raise
    release()
    bench.finish(_FINISH_SECONDS)


def _together(bench: Bench, server: Server, beside: _Beside, paths: Sequence[str]) -> None:
    """Two requests whose endpoints have both run before the first response leaves."""
    beside.app.together(len(paths))
    for pending in [server.submit("POST", path) for path in paths]:
        _accepted(bench, pending)


def _list(values: Sequence[object]) -> str:
    texts = [value if value and isinstance(value, str) else shown(value) for value in values]
    return ", ".join(texts if len(texts) < 12 else [*texts[:8], "…"])


def _calls_when_some_fail(
    bench: Bench,
    program: Callable[..., Any],
    build: Callable[[Any, Any], Any],
    failing: Sequence[int],
    then: Sequence[int],
    afterwards: Callable[[Server], None] = lambda _: None,
) -> list[Any]:
    """The orders that come to what the app is given, a def and an async one, when the first ones fail.

    So many may fail at the same time that nothing is left for the others, if a place is not given back. The
    first call that is in a thread ends when the others have been answered, and wait for it if they have to.
    What the app calls later is in the list as well.

    Args:
        bench: of the check.
        program: the learner's.
        build: makes the app with it.
        failing: the orders for which a call fails.
        then: the orders after them.
        afterwards: what else is to be looked at on this server.
    """
    errors = itertools.cycle([ConnectionError("closed"), TimeoutError("no answer"), ValueError("no address")])
    calls: list[Any] = []
    answered = threading.Event()

    def call(*args: Any, **kwargs: Any) -> None:
        number = next(iter((*args, *kwargs.values())), 0)
        calls.append(number)
        if len(calls) == 1 and _running_loop() is None:
            patiently(answered.is_set, _FINISH_SECONDS)
        if number in failing:
            raise next(errors)

    async def call_async(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)

    built, pauses = _built(program, lambda: build(call, call_async))
    beside = _Beside(built, pauses)
    served = bench.serve(built, inside=beside, name="build")
    with _no_pause_on_the_loop(beside, program), served as server:
        for numbers in (failing, then):
            pending = [server.submit("POST", f"/orders/{number}") for number in numbers]
            all_answered = all(bench.answers(each) for each in pending)
            answered.set()
            if not all_answered:
                bench.stop(_MOMENT)
                return [*failing, *then]  # the check says more about a request without an answer
            bench.comes(lambda numbers=numbers: {*calls} >= {*numbers})  # type: ignore[misc]
        afterwards(server)
        bench.finish(_FINISH_SECONDS)
    return calls


def _built(program: Any, build: Callable[[], Any]) -> tuple[Any, LoopPauses]:
    """What ``build`` makes of the learner's program, and the pauses that it makes on its server's loop."""
    pauses = LoopPauses()
    with pauses.watched(program):
        return build(), pauses


@contextlib.contextmanager
def _no_pause_on_the_loop(beside: _Beside, build: Any) -> Iterator[None]:
    """Refuse a program that pauses on the event loop of the server, for however short a time.

    It takes no time there: what follows is seen as well.
    """
    with beside.pauses.watched(build):
        yield
    if beside.pauses.noted:
        raise NotYet("loop-sleeps", **beside.pauses.longest())


def _why_not(server: Server, miss: str, **fields: Any) -> NotYet:
    if server.errors:
        return NotYet("failed", error=describe(server.errors[0]), **fields)
    return NotYet(miss, **fields)


def _no_slip(server: Server, **fields: Any) -> None:
    """Tell a plain error of the program, which neither a time-out nor what cannot be pickled explains."""
    slips = (TypeError, NameError, AttributeError)
    if server.errors and isinstance(error := server.errors[0], slips) and "pickle" not in str(error):
        raise NotYet("slip", error=describe(error), **fields)


# sync.unblock


_INVOICED = [7, 0, 2**40, *range(8, 19)]  # all but the last two while the first invoice is under way


@exercise("sync.unblock", wants=("build_invoicing",))
def check_unblock(bench: Bench, build_invoicing: Callable[..., FastAPI]) -> None:
    """While send_invoice blocks, the client and everybody else are served."""
    failing, then = range(1, 13), range(13, 16)
    earlier = _calls_when_some_fail(
        bench, build_invoicing, lambda send, _: bench.call(build_invoicing, send), failing, then
    )
    calls = Counter(earlier)
    library = bench.gate("the library")
    invoices = bench.spy("send_invoice", gate=library)
    built, pauses = _built(build_invoicing, lambda: bench.call(build_invoicing, invoices))
    app = _Beside(built, pauses)
    served = bench.serve(built, inside=app, name="build_invoicing")
    with _no_pause_on_the_loop(app, build_invoicing), served as server, _in_the_end(bench, library.open):
        order = server.submit("POST", "/orders/7")
        if not bench.comes(lambda: invoices.called):
            _accepted(bench, order)
            _loop_is_free(bench, server, invoices)
            raise _why_not(server, "never-sent" if len(earlier) == calls.total() else "earlier-app")
        _nobody_waits(bench, server, app, invoices, order, "/orders/7")
        for number in _INVOICED[1:-2]:
            path = f"/orders/{number}"
            _nobody_waits(bench, server, app, invoices, server.submit("POST", path), path)
        library.open()
        bench.comes(lambda: len(invoices.calls) >= len(_INVOICED) - 2)
        patiently(lambda: not bench.at_work, _IDLE)
        _together(bench, server, app, [f"/orders/{number}" for number in _INVOICED[-2:]])
        bench.comes(lambda: len(invoices.calls) >= len(_INVOICED))
    if any(call.thread == "event loop" for call in invoices.calls):
        raise NotYet("others-wait")
    _each_is_sent(server, [call.values for call in invoices.calls])
    if again := [number for number in calls if calls[number] > 1]:
        raise NotYet("sent-again", count=calls[again[0]])
    if missing := [number for number in (*failing, *then) if not calls[number]]:
        failed = sum(calls[number] > 0 for number in failing)
        raise NotYet("stopped-by-a-failure", failed=failed, missing=_list(missing))


def _nobody_waits(
    bench: Bench, server: Server, beside: _Beside, invoices: Spy, order: Pending, path: str
) -> None:
    _loop_is_free(bench, server, invoices)
    others = [call.values for call in invoices.calls if call.values != (int(path.rpartition("/")[2]),)]
    if not _is_answered(bench, beside, order, path):
        _loop_is_free(bench, server, invoices)  # the order may have come to the loop after that answer
        raise NotYet("waits-for-another" if len(others) == len(invoices.calls) else "client-waits")
    if others and (status := order.result().status_code) >= 400 and status != 500:
        raise NotYet("refused", count=len(others), status=status)
    _accepted(bench, order)
    _loop_is_free(bench, server, invoices)  # while what follows the response goes on
    if not _gets_a_thread(bench, server, server.submit("GET", "/def")):
        _loop_is_free(bench, server, invoices)
        raise NotYet("no-thread-left")


def _loop_is_free(bench: Bench, server: Server, invoices: Spy) -> None:
    if not bench.answers(server.submit("GET", "/ping")):
        on_loop = any(call.thread == "event loop" for call in invoices.calls)
        raise NotYet("others-wait" if on_loop else "loop-waits")


def _each_is_sent(server: Server, sent: Sequence[tuple[Any, ...]]) -> None:
    counts = Counter(sent)
    expected = [(number,) for number in _INVOICED]
    if strange := [values for values in sent if values not in expected]:
        expected_order = 7 if strange[0] is sent[0] else _list([*map(str, _INVOICED)])
        raise NotYet("wrong-order", expected=expected_order, got=_list([*map(shown, strange[0])]))
    if errors := [error for error in server.errors if not isinstance(error, GateTimeout)]:
        raise NotYet("failed", error=describe(errors[0]))
    missing = [order for (order,) in expected if not counts[(order,)]]
    often = [order for (order,) in expected if counts[(order,)] > 1]
    if missing and often:
        raise NotYet("mixed-up", order=often[0], other=missing[0])
    if len(often) > 1 and len(set(counts.values())) > 1:
        others = _list(often[1:])
        raise NotYet("sent-with-others", order=often[0], count=counts[(often[0],)], others=others)
    if often:
        raise NotYet("more-than-once", order=often[0], count=counts[(often[0],)])
    if missing:
        raise NotYet("not-all-sent", missing=_list(missing))


# sync.find-freeze

_FREEZE = 0.15  # seconds without a tick of the loop, three times: the work of the request itself


@exercise("sync.find-freeze", wants=("freezing_request",))
def check_find_freeze(bench: Bench, freezing_request: Callable[[], Any]) -> Mapping[str, Any]:
    """After this request the event loop stands still."""
    path = bench.call(freezing_request)
    if not isinstance(path, str) or not path.startswith("/"):
        raise NotYet("not-a-path", got=shown(path))
    if path.startswith("//"):
        raise NotYet("two-slashes", got=shown(path))
    naps = _Naps()
    gaps = [_gap_after(bench, path, naps)]
    if naps.on_the_loop:
        return {"path": shown(path), "milliseconds": round(naps.on_the_loop * 1000)}
    if naps.in_threads:
        raise NotYet("blocked-a-thread", path=shown(path), task=bench.servers[-1].timeline.tasks[0].function)
    while gaps[-1] >= _FREEZE and len(gaps) < 3:  # a gap may have another reason; ours comes every time
        gaps.append(_gap_after(bench, path, naps))
    if gaps[-1] < _FREEZE:
        raise NotYet("nobody-waited", path=shown(path))
    return {"path": shown(path), "milliseconds": round(min(gaps) * 1000)}


class _Naps:
    """Stands in for the sleep of a retry: notes who would have slept, and takes no time."""

    def __init__(self) -> None:
        self.on_the_loop = 0.0
        self.in_threads = 0.0

    def nap(self, seconds: float) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self.in_threads += seconds
        else:
            self.on_the_loop += seconds


def _gap_after(bench: Bench, path: str, naps: _Naps) -> float:
    def render(name: str) -> str:
        time.sleep(0.03)  # the loop ticks meanwhile
        return name

    async def send_async(_to: str, _text: str) -> None:
        await asyncio.sleep(0.01)

    with mock.patch.object(newsletter, "retry", functools.partial(tenacity.retry, sleep=naps.nap)):
        app = newsletter.build_newsletter(render, bench.spy("send").function, send_async)
    with bench.serve(app, pulse=0.005) as server:
        try:
            reply = server.client.post(path)
        except (httpx.InvalidURL, UnicodeError):
            raise NotYet("not-a-path", got=shown(path)) from None
        server.settle()
        server.client.get("/")  # one more turn of the loop, so that the gap has two ends
    if reply.status_code != 202:
        raise NotYet("not-accepted", path=shown(path), status=reply.status_code)
    return server.timeline.longest_pulse_gap()


# sync.forty

_ORDERS = 60  # at once
_NUMBERS = [1, 0, 2**40, *range(4, _ORDERS + 2)]  # the last one comes when all is over


@exercise("sync.forty", wants=("build_orders",), threads=180)
def check_forty(bench: Bench, build_orders: Callable[..., Any]) -> Mapping[str, Any]:
    """A burst of orders for a slow provider: /health answers, nothing is lost, and the defence is true."""
    provider = Provider()
    pushed: list[Any] = []
    on_the_loop: list[Any] = []  # what blocks it

    def push(order_id: int) -> None:
        pushed.append(order_id)
        if _running_loop() is not None and _running_loop() is app.loop:
            on_the_loop.append(order_id)
        provider.call()

    async def push_async(order_id: int) -> None:
        pushed.append(order_id)
        await provider.call_async()

    answer, pauses = _built(build_orders, lambda: bench.call(build_orders, push, push_async))
    built, claimed = _pair(answer)
    app = _Beside(built, pauses)
    failing, then = range(1, min(max(claimed, 1), _ORDERS) + 1), range(_ORDERS + 1, _ORDERS + 4)
    burst = _Burst(bench, build_orders, claimed)
    calls = Counter(_calls_when_some_fail(bench, build_orders, burst.build, failing, then, burst.comes))
    served = bench.serve(built, inside=app, name="build_orders")
    with _no_pause_on_the_loop(app, build_orders), served as server, _in_the_end(bench, provider.answer):
        _first_order(bench, server, app, pushed, on_the_loop)
        for number in _NUMBERS[1:_ORDERS]:
            _accepted_beside_others(bench, server, provider, f"/orders/{number}")
        at_once = _most_at_once(bench, provider, claimed)
        server.submit("GET", "/later").result()
        health = server.submit("GET", "/health")
        if not _gets_a_thread(bench, server, health):
            raise NotYet("starved", orders=_ORDERS, at_once=at_once)
        if bench.expect(health.result()).text != '"ok"':
            raise NotYet("health-differs", got=shown(health.result().text))
        provider.answer()
        bench.comes(lambda: len(pushed) >= _ORDERS)
        _accepted(bench, server.submit("POST", f"/orders/{_NUMBERS[-1]}"))
        bench.comes(lambda: len(pushed) > _ORDERS)
    if server.errors:
        raise NotYet("failed", error=describe(server.errors[0]))
    if next(one for one in server.timeline.requests if one.title == "GET /health").thread == "event loop":
        raise NotYet("health-changed")
    _each_is_pushed(pushed)
    if again := [number for number in calls if calls[number] > 1]:
        raise NotYet("pushed-again", count=calls[again[0]])
    if missing := [number for number in (*failing, *then) if not calls[number]]:
        failed = sum(calls[number] > 0 for number in failing)
        raise NotYet("stopped-by-a-failure", failed=failed, missing=_list(missing))
    if claimed != at_once:
        raise NotYet("defence-off", claimed=claimed, at_once=at_once, orders=_ORDERS)
    if burst.at_once not in (None, at_once):
        raise NotYet(
            "other-number-after-failures",
            failed=len(failing),
            at_once=burst.at_once,
            claimed=claimed,
            orders=_ORDERS,
        )
    return {"orders": _ORDERS, "at_once": at_once}


class _Burst:
    """As many orders once more, on a server on which pushes have failed: how many are pushed at once."""

    _NUMBERS = range(2 * _ORDERS, 3 * _ORDERS)

    def __init__(self, bench: Bench, build_orders: Callable[..., Any], claimed: int) -> None:
        self.at_once: int | None = None
        self._bench = bench
        self._build = build_orders
        self._claimed = claimed
        self._provider = Provider()

    def build(self, call: Callable[[int], None], call_async: Callable[[int], Any]) -> Any:
        """The app, whose provider is slow for the orders of the burst."""

        def push(order_id: int) -> None:
            call(order_id)
            if order_id in self._NUMBERS:
                self._provider.call()

        async def push_async(order_id: int) -> None:
            await call_async(order_id)
            if order_id in self._NUMBERS:
                await self._provider.call_async()

        return _pair(self._bench.call(self._build, push, push_async))[0]

    def comes(self, server: Server) -> None:
        """Order, and count; the check says more about an order without an answer."""
        try:
            orders = [server.submit("POST", f"/orders/{number}") for number in self._NUMBERS]
            if all(map(self._bench.answers, orders)):
                self.at_once = _most_at_once(self._bench, self._provider, self._claimed)
        finally:
            self._provider.answer()


def _accepted_beside_others(bench: Bench, server: Server, provider: Provider, path: str) -> None:
    try:
        _accepted(bench, server.submit("POST", path))
    except NotYet as miss:
        count = provider.at_once
        if miss.miss == "engine.no-answer" and count and bench.answers(server.submit("GET", "/ping")):
            raise NotYet("waits-for-another", count=count) from None
        raise


def _most_at_once(bench: Bench, provider: Provider, claimed: int) -> int:
    """How many pushes are under way when no more can begin; it is waited for as many as were claimed."""

    def all_there() -> bool:
        return provider.at_once >= claimed

    if not bench.comes(all_there, seconds=_MOMENT):
        if bench.rest():
            patiently(all_there)
        else:
            bench.comes(all_there)
    bench.rest()
    return provider.at_once


def _each_is_pushed(pushed: Sequence[Any]) -> None:
    orders = len(_NUMBERS)
    if len(pushed) < orders:
        raise NotYet("not-pushed", orders=orders, count=len(pushed))
    surplus = Counter(map(shown, pushed)) - Counter(map(shown, _NUMBERS))
    if surplus:
        raise NotYet("wrong-orders", orders=orders, got=_list([*surplus.elements()][:3]))


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _pair(result: Any) -> tuple[Any, int]:
    if isinstance(result, tuple | list) and len(result) == 2:
        app, claimed = result
        if isinstance(claimed, int) and not isinstance(claimed, bool):
            return app, int(claimed)
    raise NotYet("not-a-pair", got=_what(result))


def _what(result: Any) -> str:
    if not isinstance(result, tuple | list):
        return type(result).__name__
    return f"({', '.join(type(each).__name__ for each in result)})"


def _first_order(
    bench: Bench, server: Server, beside: _Beside, pushed: list[Any], on_the_loop: list[Any]
) -> None:
    first = server.submit("POST", "/orders/1")
    if not bench.comes(lambda: bool(pushed)):
        _accepted(bench, first)
        raise _why_not(server, "not-pushed", orders=1, count=0)
    if on_the_loop or not bench.answers(server.submit("GET", "/ping")):
        raise NotYet("frozen")
    if not _is_answered(bench, beside, first, "/orders/1"):
        raise NotYet("client-waits")
    _accepted(bench, first)


# sync.fan-out

_QUICK, _SLOW = 1.0, 20.0  # seconds of a clock that jumps
_MANY = 150
_WINDING_UP = _QUICK / 8  # which each call that is called off still needs


class _Customers:
    """Counts who is called, and how many at the same time.

    Args:
        names: of all customers.
        slow: who takes long to answer.
        failing: how a call of whom fails.
        uneven: whether each call takes a little longer than the one before.
    """

    def __init__(
        self,
        names: list[str],
        slow: str = "",
        failing: Mapping[str, Exception] | None = None,
        uneven: bool = False,
    ) -> None:
        self.names = names
        self.called: Counter[str] = Counter()
        self.ended: list[str] = []
        self.at_once = 0
        self.most = 0
        self.most_since_a_failure = 0
        self.waiting_at_a_failure = 0
        self.failing = failing or {}
        self.slow = slow
        self.more = _QUICK / 37 if uneven else 0.0
        self.longest_idle = 0.0
        """How far the clock jumped, at most, while a place was free and customers waited, in seconds."""
        self._free_since: list[float] = []

    async def notify(self, customer: str) -> None:
        if self._free_since:
            idle = _jumped() - self._free_since.pop(0)
            self.longest_idle = max(self.longest_idle, idle)
        self.called[customer] += 1
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.most_since_a_failure = max(self.most_since_a_failure, self.at_once)
        try:
            quick = _QUICK + self.more * self.called.total()
            await asyncio.sleep(_SLOW if customer == self.slow else quick)
            if customer in self.failing:
                self.most_since_a_failure = self.at_once - 1
                self.waiting_at_a_failure = len(self.names) - self.called.total()
                raise self.failing[customer]
            self.ended.append(customer)
        except asyncio.CancelledError:
            await asyncio.sleep(_WINDING_UP)
            raise
        finally:
            self.at_once -= 1
            if self.called.total() < len(self.names):
                self._free_since.append(_jumped())


def _jumped() -> float:
    """How far the clock of the loop is ahead of the machine's: it jumps when everybody waits for a moment."""
    return asyncio.get_running_loop().time() - time.monotonic()


class OddError(Exception):
    """An exception that no program knows."""


_CAUGHT_ELSEWHERE = (
    IndexError("pop from an empty deque"),
    KeyError("no such customer"),
    asyncio.QueueEmpty(),
    queue.Empty(),
    StopAsyncIteration(),
    LookupError("no such customer"),
    RuntimeError("closed"),
    anyio.EndOfStream(),
    anyio.WouldBlock(),
    OSError("no answer"),
)
"""What a program may catch for a reason of its own: a list or a queue that is empty, the end of a stream."""


@exercise("sync.fan-out", wants=("notify_all",))
def check_fan_out(bench: Bench, notify_all: Callable[..., Any]) -> Mapping[str, Any]:
    """Side by side within the limit; a failure touches nobody else; nothing is left running."""
    limit = 3
    names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "", "Bob", "Gus"]
    twins, many = ["Bob", "Bob", "Ada"], [f"customer {number}" for number in range(_MANY)]
    for slow in ("Ada", "Gus"):  # whoever begins at the end of the list meets a slow one first, too
        _all_are_told(bench, notify_all, _Customers(names, slow=slow), limit)
    _all_are_told(bench, notify_all, _Customers(names, uneven=True), limit)
    for some, places in (
        (names[:4], 2),
        (names, 1),
        (names[:3], 10),
        (twins, 3),
        (many, _MANY // 6),
        ([], 3),
    ):
        _all_are_told(bench, notify_all, _Customers(some), places)
    _each_call_has_its_limit(bench, notify_all, names)
    _failures_touch_nobody(bench, notify_all, names)
    _no_failure_is_the_end(bench, notify_all, names)
    _cancelled_it_ends(bench, notify_all, _Customers(names, slow="Bob"), limit)
    failing = {name: ConnectionError("closed") for name in names if name != "Bob"}
    _cancelled_it_ends(bench, notify_all, _Customers(names, slow="Bob", failing=failing), limit)
    _cancelled_it_ends(bench, notify_all, _Customers(names, slow="Bob"), limit, again=True)
    return {"limit": limit}


def _all_are_told(bench: Bench, notify_all: Callable[..., Any], customers: _Customers, limit: int) -> None:
    left = _tell(bench, notify_all, customers, limit)
    names, possible = customers.names, min(limit, len(customers.names))
    if customers.most == 1 and possible > 1:
        raise NotYet("one-by-one", limit=limit)
    if customers.most > limit:
        raise NotYet("over-the-limit", count=customers.most, limit=limit)
    if left:
        raise NotYet("orphans", count=left)
    _each_once(customers)
    missing = Counter(names) - Counter(customers.ended)
    if missing:
        raise NotYet(
            "forgotten", missing=missing.total(), total=len(names), names=_list([*missing.elements()])
        )
    if customers.most < possible:
        raise NotYet("below-the-limit", count=customers.most, limit=limit)
    if customers.slow and customers.ended[-1] != customers.slow:
        raise NotYet("in-lots", limit=limit)
    if customers.longest_idle > _QUICK / 100:  # who looks at each turn of the loop has a few turns
        raise NotYet("place-idle", seconds=f"{customers.longest_idle:.2g}")


def _each_call_has_its_limit(bench: Bench, notify_all: Callable[..., Any], names: list[str]) -> None:
    before, after = _Customers(names), _Customers(names)

    @functools.wraps(notify_all)
    async def twice(notify: Callable[..., Any], customers: list[str], limit: int) -> None:
        await _awaited(notify_all, before.notify, [*customers], 2 * limit)
        await _awaited(notify_all, notify, customers, limit)

    limit = 2
    bench.run_virtual(twice, after.notify, [*names], limit)
    if after.most > limit:
        raise NotYet("first-limit", count=after.most, limit=limit, other=2 * limit)
    of_both = _Customers([*names, *names])

    @functools.wraps(notify_all)
    async def side_by_side(notify: Callable[..., Any], customers: list[str], limit: int) -> None:
        await asyncio.gather(*(_awaited(notify_all, notify, [*customers], limit) for _ in range(2)))

    bench.run_virtual(side_by_side, of_both.notify, [*names], limit)
    if of_both.most != 2 * limit:
        raise NotYet("one-limit-for-both", limit=limit, count=of_both.most)


def _each_once(customers: _Customers) -> None:
    if often := customers.called - Counter(customers.names):
        name = next(iter(often))
        raise NotYet(
            "called-again" if name in customers.failing else "told-twice",
            name=name,
            count=customers.called[name],
        )


def _failures_touch_nobody(bench: Bench, notify_all: Callable[..., Any], names: list[str]) -> None:
    errors = [ConnectionError("closed"), ValueError("no address"), OddError("odd"), TimeoutError("no answer")]
    for failing in (["Ada", "Bob", "Cleo", "Dan"], ["Eve"]):
        customers = _Customers(
            [*dict.fromkeys(names), "Hal", "Ida"], failing=dict(zip(failing, errors, strict=False))
        )
        try:
            left = _tell(bench, notify_all, customers, 2)
        except NotYet as miss:
            if miss.miss == "engine.stuck":
                raise NotYet("place-kept", missing=_list(_not_told(customers))) from None
            raise
        if customers.most > 2:
            raise NotYet("over-the-limit", count=customers.most, limit=2)
        if left:
            raise NotYet("orphans", count=left)
        _each_once(customers)
        if missing := _not_told(customers):
            raise NotYet("not-told", missing=len(missing), total=len(customers.names), names=_list(missing))
        if customers.most_since_a_failure < min(2, customers.waiting_at_a_failure):
            raise NotYet("slower-after-a-failure", count=customers.most_since_a_failure, limit=2)


def _no_failure_is_the_end(bench: Bench, notify_all: Callable[..., Any], names: list[str]) -> None:
    """Each call fails with what a program may take for the end of its list, and still all are called."""
    for error in _CAUGHT_ELSEWHERE:
        customers = _Customers(names, failing=dict.fromkeys(names, error))
        _tell(bench, notify_all, customers, 2)
        if missing := Counter(names) - customers.called:
            raise NotYet("taken-for-the-end", error=type(error).__name__, missing=missing.total())
        _each_once(customers)


def _not_told(customers: _Customers) -> list[str]:
    return [name for name in customers.names if name not in customers.failing and name not in customers.ended]


def _tell(bench: Bench, notify_all: Callable[..., Any], customers: _Customers, limit: int) -> int:
    """Run it to its end; how many calls are under way then."""
    left = 0

    async def notify(customer: str) -> None:
        await customers.notify(customer)

    @functools.wraps(notify_all)
    async def watched(*args: Any) -> None:
        nonlocal left
        try:
            await _awaited(notify_all, *args)
        except Exception:
            if not customers.failing:
                raise
            # to say in the end that one has failed is fine, in whatever words
        finally:
            left = customers.at_once

    bench.run_virtual(watched, notify, [*customers.names], limit)
    return left


async def _awaited(function: Callable[..., Any], *args: Any) -> None:
    result = function(*args)
    if inspect.isawaitable(result):
        await result


def _cancelled_it_ends(
    bench: Bench, notify_all: Callable[..., Any], customers: _Customers, limit: int, again: bool = False
) -> None:
    """Cancelled after the first calls have failed, if they fail; or ``again``, while its calls tidy up."""
    calls, left = 0, 0
    ended: asyncio.Future[None] | None = None

    async def notify(customer: str) -> None:
        await customers.notify(customer)

    @functools.wraps(notify_all)
    async def cancelled(*args: Any) -> None:
        nonlocal calls, left, ended
        running = ended = asyncio.ensure_future(_awaited(notify_all, *args))
        await asyncio.sleep(_QUICK * 3 / 2 if customers.failing else _QUICK / 2)
        calls = customers.called.total()
        running.cancel()
        if again:
            await asyncio.wait([running], timeout=_WINDING_UP / 2)
            running.cancel()
        await asyncio.wait([running], timeout=_QUICK / 4)
        left = customers.at_once
        await asyncio.wait([running], timeout=3 * _SLOW)

    bench.run_virtual(cancelled, notify, [*customers.names], limit)
    if customers.called.total() > calls:
        raise NotYet("goes-on-when-cancelled", count=customers.called.total() - calls)
    if left:
        raise NotYet("orphans-when-cancelled-again" if again else "orphans-when-cancelled", count=left)
    if ended is not None and ended.done() and not ended.cancelled():
        error = ended.exception()
        if error is None:
            raise NotYet("cancel-swallowed", how=say("without an exception"))
        if customers.failing:
            raise NotYet("failure-hides-cancel", error=describe(error))
        raise NotYet("cancel-swallowed", how=say("with {error}", error=describe(error)))


# sync.deadline

_TENTH = 0.1
_MARGIN = 0.02  # a report takes as long as its time-out and a little longer, as libraries do
_LATE = 4  # a report that is there in time, and not at once
_TAKES = 0.9 * _TENTH  # seconds, of which none has to pass: fetch knows its time-out beforehand
_AT_ONCE = (3, 5, 7, 0, 2**40 + 1)  # as many as `asyncio.to_thread` has threads on a small machine
_TURNS = 30  # of the loop: who gives up after a time-out of the loop does it within fewer
_UNLIMITED = 0.5  # seconds that the loop has for a time-out of its own around a fetch that has none


_EMPTY = 2  # a report that has nothing in it


class _Archive:
    """A blocking library with a time-out of its own. Odd reports and 0 are slow, others are there at once."""

    def __init__(self, bench: Bench) -> None:
        self.fetches: Spy = bench.spy("fetch")
        self.given_up: Spy = bench.spy("give_up")
        self.patience: defaultdict[Any, float] = defaultdict(
            float
        )  # seconds that fetch was given, for each report
        self.unlimited: set[Any] = set()
        self.most_at_once = 0
        self.ended: dict[Any, float] = {}
        self.at_work_when_given_up: set[Any] = set()
        self.beside: Any = None
        self.free_threads: float | None = None  # of the server's own, when all of _AT_ONCE were being fetched
        self._working: Counter[Any] = Counter()

    def fetch(self, report_id: int, timeout: float | None = None) -> str:
        if not isinstance(timeout, float | int | None):
            raise TypeError(f"timeout={timeout!r} is no number")
        self.fetches.function(report_id)
        if isinstance(report_id, int) and (report_id % 2 or report_id in _AT_ONCE):
            self._be_slow(report_id, timeout)
        if report_id == _LATE and timeout is not None and timeout < _TAKES:
            raise TimeoutError("the archive does not answer")
        self.ended[report_id] = time.perf_counter()
        return "" if report_id == _EMPTY else f"report {report_id}"

    def _be_slow(self, report_id: int, timeout: float | None) -> None:
        if timeout is None:
            self.unlimited.add(report_id)
            self._work(report_id, _UNLIMITED)
            return
        self.patience[report_id] += timeout
        self._work(report_id, min(timeout, 3 * _TENTH) + _MARGIN)
        self.ended[report_id] = time.perf_counter()
        raise TimeoutError("the archive does not answer")

    def _work(self, report_id: int, seconds: float) -> None:
        """Until the server's loop says so: what it has to do earlier has been done then, on any machine."""
        if self.fetches.calls[-1].thread == "event loop":
            return
        over, loop = threading.Event(), self.beside.loop
        self._working[report_id] += 1
        if report_id in _AT_ONCE:
            patiently(lambda: self._begun() >= set(_AT_ONCE))
            self.most_at_once = max(self.most_at_once, len(self._begun() - set(self.ended)))

        def end(turns: int = _TURNS) -> None:
            """Behind what the loop has to do by now, also when it was late for both."""
            if turns:
                loop.call_soon(end, turns - 1)
                return
            if self.free_threads is None and self._begun() >= {*_AT_ONCE} and not {*_AT_ONCE} & {*self.ended}:
                self.free_threads = anyio.to_thread.current_default_thread_limiter().available_tokens
            self._working[report_id] -= 1
            over.set()

        loop.call_soon_threadsafe(loop.call_later, seconds, end)
        over.wait(60)

    def forget(self, report_id: int) -> None:
        """What is known of a report; the next fetch is as the first one."""
        self.ended.pop(report_id, None)
        self.patience.pop(report_id, None)

    def waits_for_the_loop(self) -> bool:
        """Whether a fetch is at work: it goes on as long as the loop does not."""
        return any(count > 0 for count in [*self._working.values()])

    def given_up_reports(self) -> set[Any]:
        """Those that were given up."""
        return {value for call in self.given_up.calls for value in call.values[:1]}

    def _begun(self) -> set[Any]:
        return {call.values[0] for call in self.fetches.calls} & set(_AT_ONCE)

    def give_up(self, report_id: int) -> None:
        if self._working[report_id] > 0 or report_id not in self.ended:  # its thread may not have begun
            self.at_work_when_given_up.add(report_id)
        self.given_up.function(report_id)


for _each in (_Archive.fetch, _Archive.give_up):
    _each.__qualname__ = _each.__name__  # what Python says of a wrong call is about these names


@exercise("sync.deadline", wants=("build_reports",))
def check_deadline(bench: Bench, build_reports: Callable[..., FastAPI]) -> None:
    """A slow report is given up in time, with no thread at work; a quick one is not given up."""
    archive = _Archive(bench)
    built, pauses = _built(build_reports, lambda: bench.call(build_reports, archive.fetch, archive.give_up))
    app = archive.beside = _Beside(built, pauses, enough=archive.waits_for_the_loop)
    served = bench.serve(built, inside=app, name="build_reports")
    with _no_pause_on_the_loop(app, build_reports), served as server:
        _slow_report(bench, server, archive)
        _once_more(bench, server, archive)
        status = _accepted(bench, server.submit("POST", "/reports/2")).status_code
        if not bench.comes(lambda: any(call.values == (2,) for call in archive.fetches.calls)):
            raise _why_not(server, "not-fetched", report=2, status=status)
        _accepted(bench, server.submit("POST", f"/reports/{_LATE}"))
        if not bench.comes(lambda: _LATE in archive.ended or _LATE in archive.given_up_reports()):
            raise NotYet("not-fetched", report=_LATE, status=status)
        _together(bench, server, app, [f"/reports/{report}" for report in _AT_ONCE])
        bench.comes(lambda: archive.given_up_reports() >= {1, *_AT_ONCE})
        bench.finish(_FINISH_SECONDS)
    fetched = Counter(call.values[0] for call in archive.fetches.calls)
    given_up = Counter(call.values[0] for call in archive.given_up.calls)
    if strange := [*set(fetched) - {1, 2, _LATE, *_AT_ONCE}]:
        raise NotYet(
            "wrong-report",
            expected=_list(["1", "2", str(_LATE), *map(str, _AT_ONCE)]),
            name="fetch",
            got=_list(strange),
        )
    if given_up[2]:
        raise NotYet("gave-up-on-time", report=2)
    if given_up[_LATE]:
        raise NotYet("short-time-outs", report=_LATE, seconds=f"{_TAKES:g}")
    for report in (2, _LATE):
        if fetched[report] > 1:
            raise NotYet("fetched-again", report=report, count=fetched[report])
    if given_up == Counter([1, *_AT_ONCE]):
        raise NotYet("not-again", report=1)
    if given_up != Counter(slow := [1, 1, *_AT_ONCE]):
        raise NotYet(
            "not-each-once",
            reports=_list([*map(str, slow)]),
            got=_list(sorted(given_up.elements())) or say("none"),
        )
    for report in _AT_ONCE:
        if not fetched[report]:
            raise NotYet("never-asked", report=report)
        _is_given_up_in_time(archive, report)
    if archive.most_at_once < len(_AT_ONCE):
        raise NotYet("one-for-another", number=len(_AT_ONCE), count=archive.most_at_once)
    if archive.free_threads is not None and archive.free_threads < 1:
        raise NotYet("no-thread-left", number=len(_AT_ONCE))


def _slow_report(bench: Bench, server: Server, archive: _Archive) -> None:
    reply = server.submit("POST", "/reports/1")
    if not bench.comes(lambda: archive.fetches.called):
        status = _accepted(bench, reply).status_code
        _no_slip(server)
        raise _why_not(server, "not-fetched", report=1, status=status)
    began = archive.fetches.calls[0]
    if began.values != (1,):
        raise NotYet("wrong-report", expected=1, name="fetch", got=_list([*map(shown, began.values)]))
    if began.thread == "event loop":
        raise NotYet("others-wait")
    if not bench.answers(server.submit("GET", "/ping")):
        raise NotYet("loop-waits")
    _accepted(bench, reply)
    server.settle()
    if not bench.comes(lambda: archive.given_up.called):
        _why_not_given_up(server, archive)
    given_up = archive.given_up.calls[0]
    if given_up.values != (1,):
        raise NotYet("wrong-report", expected=1, name="give_up", got=_list([*map(shown, given_up.values)]))
    _is_given_up_in_time(archive, 1)
    if 1 not in archive.ended:  # its thread has only begun
        raise NotYet("thread-left")
    if server.timeline.start("response") >= archive.ended[1]:
        raise NotYet("client-waits")


def _once_more(bench: Bench, server: Server, archive: _Archive) -> None:
    """The first report is asked for again, and is as slow as before."""
    patiently(lambda: not bench.at_work, _IDLE)
    archive.forget(1)
    known = len(archive.given_up.calls)
    _accepted(bench, server.submit("POST", "/reports/1"))
    if bench.comes(lambda: len(archive.given_up.calls) > known):
        _is_given_up_in_time(archive, 1)


def _why_not_given_up(server: Server, archive: _Archive) -> None:
    _no_slip(server)
    if server.errors:
        raise NotYet("failed", error=describe(server.errors[0]))
    if archive.patience[1] > 2 * _TENTH:
        raise NotYet("too-patient", seconds=f"{archive.patience[1]:g}")
    raise NotYet("never-gave-up")


def _is_given_up_in_time(archive: _Archive, report: int) -> None:
    if report in archive.at_work_when_given_up:
        raise NotYet("thread-left")
    if report in archive.unlimited:
        raise NotYet("gave-up-late")
    seconds = archive.patience[report]
    if seconds > 1.3 * _TENTH:
        raise NotYet("too-patient", seconds=f"{seconds:g}")
    if seconds < 0.9 * _TENTH:
        raise NotYet("too-hasty", seconds=f"{seconds:g}")


# sync.processes

_COMING_SECONDS = 6  # for processes that do nothing meanwhile; see _comes
_SPANS = 10
_STOP_SECONDS = 60  # for who does not end by itself; one process after the other may have to start
_TOGETHER = [2000, 1900, 1800, 1700, 1600, 2000]
_SMALL = [2, 0, 2]
_FAILS, _AFTER = 13, 17
_BESIDE = [29, 31]
_FIRST = [19, 23]
_STILL_COMPUTES = 3  # seconds after the server was told to stop


@exercise("sync.processes", wants=("build_counter",))
def check_processes(bench: Bench, build_counter: Callable[..., FastAPI]) -> None:
    """Computed in another process, stored, nobody waits, no process left."""
    with watch() as watched:
        store = bench.spy("store")
        built, pauses = _built(build_counter, lambda: bench.call(build_counter, compute, store))
        app = _Beside(built, pauses, enough=lambda: bool(watched.processes()))
        lapse = TimeLapse(app)
        before = {child.pid for child in _children()}
        served = bench.serve(built, inside=lapse, name="build_counter")
        with _no_pause_on_the_loop(app, build_counter), served as server:
            try:
                _compute_one(bench, server, watched, store, 3000)
                _compute_small_ones(bench, server, store)
                failures = _fails_once(bench, server, watched, store)
                failures += _fails_beside_others(bench, server, app, store)
                watched.hold()
                _together(bench, server, app, [f"/count/{n}" for n in _TOGETHER])
                left = _stops(bench, server, watched, lapse, app)
            finally:
                watched.go()
            bench.finish()
        errors = [error for error in server.errors if error not in failures]
        calls = [call for call in store.calls if app.left is None or call.at <= app.left]
        if _AFTER not in {call.values[0] for call in calls if call.values}:
            raise NotYet("stopped-by-a-failure", failed=_FAILS, n=_AFTER)
        _all_is_stored(errors, calls, [3000, *_SMALL, _AFTER, *_BESIDE, *_TOGETHER])
        if os.getpid() in watched.processes():
            raise NotYet("thread-computes")
        left = left or _others_left(before)
        if left:
            raise NotYet("process-left", count=left)
        bench.begin_part()
        _first_ones_meet(bench, build_counter, watched)


def _first_ones_meet(bench: Bench, build_counter: Callable[..., FastAPI], watched: Watch) -> None:
    """The first requests of a server come together: who makes a pool for the first one has made one."""
    store = bench.spy("store")
    built, pauses = _built(build_counter, lambda: bench.call(build_counter, compute, store))
    app = _Beside(built, pauses, enough=lambda: bool(watched.processes() - known))
    known, before = watched.processes(), {child.pid for child in _children()}
    served = bench.serve(built, inside=app, name="build_counter")
    with _no_pause_on_the_loop(app, build_counter), served as server:
        _together(bench, server, app, [f"/count/{n}" for n in _FIRST])
        _settle(bench, server)
        _comes(bench, lambda: len(store.calls) >= len(_FIRST) or bool(server.errors))
        bench.stop(_STOP_SECONDS)
        left = _left(watched.processes()) or _others_left(before)
        bench.finish()
    stored = {call.values[0] for call in store.calls if call.values}
    for n in _FIRST:
        if n not in stored:
            raise _gives_up(server.errors, n) or NotYet("first-not-stored", n=n)
    if left:
        raise NotYet("first-ones-leave", count=left)


def _compute_one(bench: Bench, server: Server, watched: Watch, store: Spy, n: int) -> None:
    order = server.submit("POST", f"/count/{n}")
    _comes(bench, lambda: bool(watched.processes() or server.errors))
    if not watched.processes():
        _accepted(bench, order)
        _no_slip(server, n=n)
        raise _why_not(server, "never-stored", n=n)
    here = watched.processes() == {os.getpid()}
    if not bench.answers(server.submit("GET", "/ping")):
        raise NotYet("loop-computes" if here else "loop-waits")
    if not bench.answers(order):
        raise NotYet("client-waits")
    _accepted(bench, order)
    if here:
        raise NotYet("thread-computes")
    watched.go()
    _settle(bench, server)
    if not _comes(bench, lambda: store.called or bool(server.errors)) or not store.called:
        _no_slip(server, n=n)
        raise _why_not(server, "never-stored", n=n)
    expected = (n, count_primes(n))
    if store.calls[0].values != expected:
        raise NotYet(
            "wrong-result", n=n, expected=_list(expected), got=_list([*map(shown, store.calls[0].values)])
        )


def _compute_small_ones(bench: Bench, server: Server, store: Spy) -> None:
    """However quickly it would be done here, it is computed elsewhere."""
    for number, n in enumerate(_SMALL, 2):
        _accepted(bench, server.submit("POST", f"/count/{n}"))
        _settle(bench, server)
        _comes(bench, lambda number=number: len(store.calls) >= number or bool(server.errors))  # type: ignore[misc]


def _fails_once(bench: Bench, server: Server, watched: Watch, store: Spy) -> list[BaseException]:
    """Counting fails once, in its process, and the next number is counted; what the failure was."""
    known, stored, here = len(server.errors), len(store.calls), os.getpid() in watched.processes()
    watched.fail(_FAILS)
    _accepted(bench, server.submit("POST", f"/count/{_FAILS}"))
    _settle(bench, server)
    _comes(bench, lambda: _FAILS in watched.failed())
    failures = server.errors[known:]
    if os.getpid() in watched.processes() and not here:
        raise NotYet("own-process-after-a-failure", n=_FAILS)
    _accepted(bench, server.submit("POST", f"/count/{_AFTER}"))
    _settle(bench, server)
    _comes(bench, lambda: len(store.calls) > stored)
    return failures


def _fails_beside_others(bench: Bench, server: Server, app: _Beside, store: Spy) -> list[BaseException]:
    """Counting fails for one of three requests that come together; what the failure was."""
    known, stored = len(server.errors), len(store.calls)
    before, after = _BESIDE
    _together(bench, server, app, [f"/count/{n}" for n in (before, _FAILS, after)])
    _settle(bench, server)
    _comes(bench, lambda: len(store.calls) >= stored + len(_BESIDE))
    return server.errors[known:]


def _comes(bench: Bench, happened: Callable[[], bool]) -> bool:
    """As ``bench.comes``; the seconds begin anew while a process of the program starts, computes or ends.

    A process that starts imports what it needs, which takes as long as it takes on a busy machine.
    """
    for _ in range(_SPANS):
        before = _computed()
        if bench.comes(happened, _COMING_SECONDS) or not bench.at_work or _computed() == before:
            break
    return happened()


def _settle(bench: Bench, server: Server) -> None:
    """Until no request and no task is running; a program that never gets there is told so."""
    _comes(bench, lambda: not _at_work(server))
    server.settle(0)


def _at_work(server: Server) -> bool:
    try:
        server.settle(0)
    except SettleTimeout:
        return True
    return False


def _computed() -> dict[int, float]:
    """For each process of the program: the seconds that it has computed, to a tenth."""
    seconds = {}
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            seconds[child.pid] = round(times.user + times.system, 1)
    return seconds


def _stops(bench: Bench, server: Server, watched: Watch, lapse: TimeLapse, app: _Beside) -> int:
    """Stop the server while it computes, for a while, and let it end; how many processes are there then."""
    stopping = threading.Thread(target=bench.stop, args=[_STOP_SECONDS])
    stopping.start()
    bench.comes(lambda: not server.running)
    bench.until(
        lambda: app.leaving or _at_work(server) or not stopping.is_alive()
    )  # which waits for its tasks
    skipping = threading.Thread(target=lapse.skip, args=[_STILL_COMPUTES], daemon=True)
    skipping.start()
    patiently(lambda: not skipping.is_alive(), _IDLE)  # for who waits for the processes, no time passes
    watched.go()
    stopping.join()
    return _left(watched.processes())


def _all_is_stored(errors: Sequence[BaseException], calls: Sequence[Call], numbers: Sequence[int]) -> None:
    stored = Counter(call.values for call in calls if call.values[:1] != (_FAILS,))
    expected = Counter((n, count_primes(n)) for n in numbers)
    missing, more = expected - stored, stored - expected
    if not missing and not more:
        return
    if more and not missing:
        raise NotYet("stored-twice", n=next(iter(more))[0], count=max(stored.values()))
    if more:
        raise NotYet("mixed-up", missing=_list(next(iter(missing))), got=_list(next(iter(more))))
    if errors:
        n = next(iter(missing))[0]
        raise _gives_up(errors, n) or NotYet("failed", error=describe(errors[0]), n=n)
    if lost := [values for values in missing if not stored[values]]:
        if lost[0][0] in _SMALL:
            raise NotYet("zero-not-stored", n=lost[0][0])
        if beside := [n for n, _ in lost if n in _BESIDE]:
            raise NotYet("lost-with-another", failed=_FAILS, missing=_list(beside))
        raise NotYet("lost-at-the-end", n=lost[0][0])
    raise NotYet("stored-once", n=next(iter(missing))[0])


def _gives_up(errors: Sequence[BaseException], n: int) -> NotYet | None:
    """What to say of a program that does not wait for `compute` for as long as it takes."""
    for error in errors:
        if isinstance(error, TimeoutError | multiprocessing.TimeoutError | subprocess.TimeoutExpired):
            return NotYet("gives-up", error=describe(error), n=n)
    return None


def _left(processes: set[int]) -> int:
    """How many of these worker processes are there. Whoever stopped a pool has waited for its processes."""
    return sum(child.pid in processes for child in multiprocessing.active_children())


def _children() -> list[psutil.Process]:
    return [*psutil.Process().children()]


def _others_left(before: set[int]) -> int:
    """How many processes of other kinds are there; one that has been told to end may do so."""

    def left() -> list[psutil.Process]:
        found = [child for child in _children() if child.pid not in before | _helpers()]
        return [child for child in found if child.status() != psutil.STATUS_ZOMBIE]

    patiently(lambda: not left())
    return len(left())


def _helpers() -> set[int | None]:
    """The processes that multiprocessing keeps for itself, for as long as Python runs."""
    known = {
        "multiprocessing.resource_tracker": "_resource_tracker._pid",
        "multiprocessing.forkserver": "_forkserver._forkserver_pid",
    }
    loaded = {sys.modules[module]: name for module, name in known.items() if module in sys.modules}
    return {operator.attrgetter(name)(module) for module, name in loaded.items()}
