"""The checks of lesson 07: programs meet failures, and are judged by what became of the work."""

import asyncio
import concurrent.futures
import functools
import gc
import inspect
import itertools
import math
import random
import sqlite3
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from fastapi import BackgroundTasks, FastAPI, HTTPException
from starlette.background import BackgroundTask

from course.lessons.failure_and_retries.faults import Fault, Faults
from course.lessons.failure_and_retries.shop import Bank, Declined, Post
from course.lessons.order_and_data.runs import named_like
from course.live import Gate, Server
from course.live.signature import signature_of
from course.practice import Bench, NotYet, Spy, describe, exercise, patiently, patiently_async, shown
from course.practice.overlap import Overlap
from course.practice.pauses import LoopPauses, MetLimits, held_waits, names_of, renamed
from course.practice.race import Lookers, Meeting, RacingConnection, TimeLapse, other_hashes
from course.tasks import Outcome, Report, TaskManager
from course.words import say

_LOCK = 2.5  # seconds that a connection waits for a lock; a call of the learner's may take four


# the guard

_ARGUMENTS: dict[str, Any] = {"note": "urgent", "task": "paint", "report": None}


class OddError(Exception):
    """An exception that no program knows."""


class OddTimeout(TimeoutError):
    """One of its kind: asyncio hands a plain TimeoutError of a thread on as a copy."""


class OddConnection(ConnectionError):
    """A kind that a client of a service defines for itself."""


class _CancelledFuture(concurrent.futures.CancelledError):
    """What a future of a pool raises that was cancelled: an Exception, with the name of what is none.

    A kind of its own, because asyncio makes its own CancelledError of the plain one that leaves a thread.
    """


_CancelledFuture.__name__ = _CancelledFuture.__qualname__ = "CancelledError"


class OddEnd(BaseException):
    """What is no Exception, and no program knows it."""


@exercise("failure.guard", wants=("guard",))
def check_guard(bench: Bench, guard: Callable[..., Any]) -> None:
    """Nothing but cancellation and its kind leaves the task; what happened is reported; async stays async."""
    for kind in ("def", "async def"):
        first, *others = _errors()
        _failures_are_reported(bench, guard, kind, [first])
        _ends_with_its_task(bench, guard, kind)
        _failures_are_reported(bench, guard, kind, [first, *others, first], known=[first])
        _success_is_left_alone(bench, guard, kind)
    _an_object_is_awaited(bench, guard)
    _two_fail_at_once(bench, guard)
    _cancellation_passes(bench, guard)
    text = "the program is to end"
    for kind in ("def", "async def"):
        for stop in (KeyboardInterrupt, SystemExit, OddEnd, asyncio.CancelledError):
            _is_no_failure(bench, guard, kind, stop(text))
        _is_no_failure(bench, guard, kind, BaseExceptionGroup(text, [ValueError(), KeyboardInterrupt()]))


_request: ContextVar[object] = ContextVar("request", default=None)


class _Task:
    """A task that fails by plan, and notes where it ran."""

    def __init__(self, kind: str, errors: Sequence[BaseException] = (), returns: Any = None) -> None:
        self.kind = kind
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.loops: list[object] = []
        self.requests: list[object] = []
        self._errors = errors
        self._returns = returns
        self.function: Callable[..., Any] = self._async() if kind == "async def" else self._sync()
        self.function.__name__ = "send_invoice"

    def _sync(self) -> Callable[..., Any]:
        def send_invoice(*args: Any, **kwargs: Any) -> Any:
            return self._run(args, kwargs)

        return send_invoice

    def _async(self) -> Callable[..., Any]:
        async def send_invoice(*args: Any, **kwargs: Any) -> Any:
            return self._run(args, kwargs)

        return send_invoice

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self.requests.append(_request.get())
        try:
            self.loops.append(asyncio.get_running_loop())
        except RuntimeError:
            self.loops.append(None)
        self.calls.append((args, kwargs))
        if len(self.calls) <= len(self._errors):
            raise self._errors[len(self.calls) - 1]
        return self._returns


def _errors() -> list[Exception]:
    group = ExceptionGroup("two", [ValueError("no such order"), KeyError("price")])
    down = "the service is down"
    errors = [ConnectionError(down), OddError("odd"), KeyError("price"), group, ConnectionError(down)]
    return [*errors, OddTimeout(), HTTPException(404), _CancelledFuture(), AssertionError(), RuntimeError("")]


def _failures_are_reported(
    bench: Bench,
    guard: Callable[..., Any],
    kind: str,
    errors: Sequence[Exception],
    known: Sequence[Exception] = (),
) -> None:
    """``known`` are those that another task has raised before, the very objects."""
    task, report, behind = _Task(kind, errors), bench.spy("report"), bench.spy("next_task")
    wrapped = bench.call(guard, task.function, report)
    if task.calls:
        raise NotYet("ran-at-once", kind=kind)
    if not callable(wrapped):
        raise NotYet("not-callable", got=type(wrapped).__name__)
    arguments = _ARGUMENTS | _names_of_its_own(wrapped)
    for number, error in enumerate(errors, 1):
        left, loop, request = _run_after_a_response(bench, wrapped, behind, 17, **arguments)
        reports = [call.values for call in report.calls[number - 1 :]]
        _was_called(task, arguments, number, left, reports)
        if left is not None and left is not error:
            raise NotYet("wrapper-failed", error=describe(left))
        went_on = len(behind.calls) >= number
        if isinstance(error, _CancelledFuture) and not (went_on and reports):
            what = say("`report` was not called") if went_on else say("the error left the guard")
            raise NotYet("other-cancelled", kind=kind, what=what)
        if not went_on:
            raise NotYet("escapes", kind=kind, error=describe(error))
        if not reports:
            if any(error is each for each in (*known, *errors[: number - 1])):
                raise NotYet("same-error", kind=kind, error=describe(error))
            miss = "not-reported" if number == 1 else "later-not-reported"
            raise NotYet(miss, kind=kind, error=describe(error))
        if len(reports) > 1:
            raise NotYet("reported-again", kind=kind, count=len(reports))
        if len(reports[0]) != 1 or reports[0][0] is not error:
            raise NotYet("wrong-report", got=", ".join(map(shown, reports[0])) or say("nothing"))
        if kind == "def" and task.loops[-1] is not None:
            raise NotYet("sync-on-loop")
        if kind == "async def" and task.loops[-1] is not loop:
            raise NotYet("async-elsewhere")
        if number > 1 and task.requests[-1] is not request:  # that it is waited for comes first
            raise NotYet("context-lost", kind=kind)


def _names_of_its_own(wrapped: Callable[..., Any]) -> dict[str, Any]:
    """Arguments with the names of the wrapper's own parameters: a task may have parameters of any name."""
    signature = signature_of(wrapped, follow_wrapped=False)
    parameters = signature.parameters.values() if signature is not None else ()
    own = [each.name for each in parameters if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return dict.fromkeys(own, "of the task")


def _was_called(
    task: _Task,
    arguments: Mapping[str, Any],
    number: int,
    left: BaseException | None,
    reports: Sequence[tuple[Any, ...]],
) -> None:
    call = ", ".join(["17", *(f"{name}={shown(value)}" for name, value in arguments.items())])
    if len(task.calls) < number:
        seen = next((value for values in reports for value in values), left)
        if isinstance(seen, TypeError):
            raise NotYet("arguments-lost", call=call, error=describe(seen))
        if isinstance(seen, BaseException):
            raise NotYet("wrapper-failed", error=describe(seen))
        raise NotYet("coroutine-lost" if task.kind == "async def" else "not-run", call=call)
    if len(task.calls) > number:
        raise NotYet("ran-again", kind=task.kind, count=len(task.calls) - number + 1)
    if task.calls[-1] != ((17,), arguments):
        args, kwargs = task.calls[-1]
        given = [*map(shown, args), *(f"{name}={shown(value)}" for name, value in kwargs.items())]
        raise NotYet("wrong-arguments", call=call, got=", ".join(given) or say("nothing"))


def _success_is_left_alone(bench: Bench, guard: Callable[..., Any], kind: str) -> None:
    task, report, behind = _Task(kind), bench.spy("report"), bench.spy("next_task")
    wrapped = bench.call(guard, task.function, report)
    for _ in range(2):
        _run_after_a_response(bench, wrapped, behind, 18, note="")
    if report.called:
        raise NotYet("success-reported", kind=kind)
    if len(task.calls) != 2:
        raise NotYet("not-each-time", kind=kind, count=len(task.calls))
    wrapped = bench.call(guard, _Task(kind, returns=ValueError("what was found")).function, report)
    _run_after_a_response(bench, wrapped, behind)
    if report.called:
        raise NotYet("result-reported", kind=kind)


def _ends_with_its_task(bench: Bench, guard: Callable[..., Any], kind: str) -> None:
    """The next task begins when this one has ended, as without a guard."""
    gate = bench.gate("the task")
    task = bench.spy("task", "async" if kind == "async def" else "sync", gate=gate)
    behind = bench.spy("next_task")
    wrapped = bench.call(guard, task.function, bench.spy("report").function)
    app = FastAPI()

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(wrapped)
        tasks.add_task(behind.function)

    with bench.serve(app) as server:
        server.client.post("/")
        early = bench.comes(lambda: behind.called)
        gate.open()
        bench.finish()
    if early:
        raise NotYet("ended-early", kind=kind)


def _an_object_is_awaited(bench: Bench, guard: Callable[..., Any]) -> None:
    """Starlette awaits an object with an async __call__, too."""
    error = ConnectionError("the service is down")
    task, report = _Task("async def", [error]), bench.spy("report")

    class SendInvoice:
        async def __call__(self, *args: Any, **kwargs: Any) -> None:
            await task.function(*args, **kwargs)

    wrapped = bench.call(guard, SendInvoice(), report)
    _, loop, _ = _run_after_a_response(bench, wrapped, bench.spy("next_task"), 17)
    if not task.calls:
        raise NotYet("object-lost", what=say("its body never ran"))
    if task.loops != [loop]:
        raise NotYet("object-lost", what=say("its body ran on another event loop than the server's"))
    if [call.values for call in report.calls] != [(error,)]:
        raise NotYet("object-lost", what=say("its failure was not reported"))


def _two_fail_at_once(bench: Bench, guard: Callable[..., Any]) -> None:
    """Two requests share one wrapper, and both of their tasks are at work."""
    errors = [ConnectionError("the first"), ConnectionError("the second")]
    report = bench.spy("report")

    async def task(number: int) -> None:
        await asyncio.sleep(1)
        raise errors[number]

    wrapped = bench.call(guard, task, report)

    async def both(_: int) -> None:
        await asyncio.gather(wrapped(0), wrapped(1), return_exceptions=True)

    bench.run_virtual(named_like(wrapped, both), 0)
    got = [value for call in report.calls for value in call.values]
    if sorted(map(id, got)) != sorted(map(id, errors)):
        raise NotYet("mixed-up", got=", ".join(map(shown, got)) or say("nothing"))


def _run_after_a_response(
    bench: Bench, wrapped: Callable[..., Any], behind: Spy, *args: Any, **kwargs: Any
) -> tuple[BaseException | None, object, object]:
    """What left the tasks, if anything did; the loop of the server; and what the request's context has."""
    app = FastAPI()
    loops: list[object] = []
    request = object()

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        loops.append(asyncio.get_running_loop())
        _request.set(request)
        tasks.add_task(wrapped, *args, **kwargs)
        tasks.add_task(behind.function)

    with bench.serve(app) as server:
        server.client.post("/")
        server.settle()
        bench.finish()
        return next(iter(server.errors), None), loops[0], request


def _cancellation_passes(bench: Bench, guard: Callable[..., Any]) -> None:
    report, ended = bench.spy("report"), []

    async def task() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append(True)

    wrapped = bench.call(guard, task, report)

    async def cancel_it() -> tuple[bool, bool]:
        running = asyncio.ensure_future(wrapped())
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running], timeout=1)
        return running.cancelled(), bool(ended)

    passed, called_off = bench.run_virtual(named_like(wrapped, cancel_it))
    if not passed:
        raise NotYet("stops-cancellation")
    if not called_off:
        raise NotYet("goes-on")
    if report.called:
        raise NotYet("no-failure", error="CancelledError")


def _is_no_failure(bench: Bench, guard: Callable[..., Any], kind: str, stop: BaseException) -> None:
    report = bench.spy("report")
    wrapped = bench.call(guard, _Task(kind, [stop]).function, report)
    left: BaseException | None = None
    try:
        asyncio.run(BackgroundTask(wrapped)())
    except BaseException as error:
        left = error
    cancelled = isinstance(stop, asyncio.CancelledError) and isinstance(left, asyncio.CancelledError)
    if left is not stop and not cancelled:  # a cancellation may be another object on its way
        raise NotYet("stops-the-end", error=type(stop).__name__)
    if report.called:
        raise NotYet("no-failure", error=type(stop).__name__)


# retries

_LIMIT = 0.2  # seconds for each attempt
_PATIENCE = 2.0  # seconds for all of them, and their pauses, if the service answers at once
_NEVER = 1000.0
_MANY = 60
"""Orders that fail one after the other: so many that pauses which add up are seen."""


class _Flaky:
    """An async `send` with a plan: (seconds, what then) for each call, the last one again and again."""

    def __init__(self, *plan: tuple[float, Any]) -> None:
        self.plan = plan
        self.calls: list[str] = []
        self.lasted: list[float] = []
        self.at_work = 0
        self.most_at_work = 0

    async def send(self, order: str) -> Any:
        self.calls.append(order)
        seconds, then = self.plan[min(self.calls.count(order), len(self.plan)) - 1]
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            if seconds:
                await asyncio.sleep(seconds)
        finally:
            self.lasted.append(loop.time() - begun)
            self.at_work -= 1
        if isinstance(then, BaseException):
            raise then
        return f"sent {order}" if then is Fault.OK else then


class _Outcome:
    """What came of calls of the learner's function."""

    def __init__(self, results: Sequence[Any], seconds: float, at_work: int) -> None:
        self.results = [None if isinstance(each, BaseException) else each for each in results]
        self.errors = [each if isinstance(each, BaseException) else None for each in results]
        self.seconds = seconds
        self.at_work = at_work

    @property
    def error(self) -> BaseException | None:
        return self.errors[0]

    @property
    def result(self) -> Any:
        return self.results[0]


@exercise("failure.retry", wants=("with_retries",))
def check_retry(bench: Bench, with_retries: Callable[..., Any]) -> None:
    """Four calls at most, only for what may pass, each with its own limit; the original error at the end."""
    _down_twice(bench, with_retries)
    _other_errors_end_it(bench, with_retries, 0, 1, 2)
    _down_for_good(bench, with_retries, *map(ConnectionError, "123"))
    _too_slow(bench, with_retries)
    kinds = ConnectionResetError("reset"), TimeoutError("no answer"), BrokenPipeError("broken pipe")
    _down_for_good(bench, with_retries, *kinds)
    _down_for_good(bench, with_retries, OddConnection("odd"), OddTimeout("odd"), OddConnection("odd"))
    _other_errors_end_it(bench, with_retries, 3)
    for last in (OddTimeout("odd"), TimeoutError("no answer"), OddConnection("odd")):
        _down_for_good(bench, with_retries, *map(ConnectionError, "123"), last=last)
    results: Sequence[Any] = (None, 0, "", [])
    for result in results:
        service, outcome = _try(bench, with_retries, (0, result))
        if len(service.calls) > 1:
            raise NotYet("result-retried", result=shown(result), calls=len(service.calls))
        if outcome.result != result or outcome.error:
            raise NotYet("result-lost", result=shown(result), got=_shown(outcome.result))
    _several_orders(bench, with_retries)
    _down_for_long(bench, with_retries)
    _cancelled_it_ends(bench, with_retries)
    stop = asyncio.CancelledError()
    service, _ = _try(bench, with_retries, (0, stop), (0, Fault.OK))
    if len(service.calls) > 1:
        raise NotYet("retries-everything", calls=len(service.calls), error=describe(stop))


def _down_twice(bench: Bench, with_retries: Callable[..., Any]) -> None:
    down = ConnectionError("the service is down")
    service, outcome = _try(bench, with_retries, (0, down), (0, down), (0, Fault.OK))
    if other := [order for order in service.calls if order != "order-1"]:
        raise NotYet("other-order", got=shown(other[0]))
    if len(service.calls) == 1:
        raise NotYet("no-retry", error=describe(outcome.error) if outcome.error else say("nothing"))
    if outcome.error is not None:
        raise NotYet("gave-up", calls=len(service.calls), error=describe(outcome.error))
    if outcome.result != "sent order-1":
        raise NotYet("result-lost", result="'sent order-1'", got=_shown(outcome.result))


def _other_errors_end_it(bench: Bench, with_retries: Callable[..., Any], *failures: int) -> None:
    """Each comes after so many failures that are worth another try."""
    errors: list[BaseException] = [ValueError("no such order"), FileNotFoundError("no such file")]
    errors += [OddError("odd"), OddEnd("the end"), LookupError("no price"), OSError("odd")]
    errors += [KeyError("price"), _CancelledFuture()]
    errors += [ExceptionGroup("of a client", [kind("down")]) for kind in (ConnectionError, TimeoutError)]
    for before in failures:
        for error in errors:
            down = [(0, ConnectionError("the service is down"))] * before
            service, outcome = _try(bench, with_retries, *down, (0, error), (0, Fault.OK))
            if len(service.calls) > before + 1:
                miss = "group-retried" if isinstance(error, ExceptionGroup) else "retries-everything"
                raise NotYet(miss, calls=len(service.calls) - before, error=describe(error))
            _is_original(outcome, error)


def _down_for_good(
    bench: Bench, with_retries: Callable[..., Any], *first: Exception, last: Exception | None = None
) -> None:
    last = last or ConnectionError("still down")
    errors = [*first, last]
    with _longest_pauses():
        service, outcome = _try(bench, with_retries, *((0, error) for error in errors))
    calls = len(service.calls)
    if calls < 4 and outcome.error is errors[calls - 1] and type(outcome.error) is not ConnectionError:
        raise NotYet("kind-not-retried", error=describe(outcome.error))
    if calls != 4:
        raise NotYet("wrong-number", calls=calls)
    if outcome.error is first[0]:
        raise NotYet("first-error", got=describe(first[0]), expected=describe(last))
    if (
        isinstance(last, TimeoutError)
        and isinstance(outcome.error, TimeoutError)
        and outcome.error is not last
    ):
        raise NotYet("own-timeout", expected=describe(last), got=describe(outcome.error))
    _is_original(outcome, last)
    _pauses_are_short(service, outcome)


def _pauses_are_short(service: _Flaky, outcome: _Outcome) -> None:
    pauses = outcome.seconds - sum(service.lasted)
    if pauses >= _PATIENCE:
        raise NotYet("too-slow", calls=len(service.calls), seconds=f"{pauses:.1f}")


def _down_for_long(bench: Bench, with_retries: Callable[..., Any]) -> None:
    """The attempts and the pauses of a call do not depend on how many calls have failed before."""
    down = ConnectionError("the service is down")
    orders = [f"order-{number}" for number in range(_MANY)]
    with _longest_pauses():
        service, outcome = _try(bench, with_retries, (0, down), orders=orders)
    for number, order in enumerate(orders):
        if (calls := service.calls.count(order)) != 4:
            raise NotYet("earlier-count", number=number + 1, calls=calls)
    if outcome.seconds >= _PATIENCE * _MANY:
        raise NotYet("pauses-grow", orders=_MANY, seconds=f"{outcome.seconds:.0f}")


@contextmanager
def _longest_pauses() -> Iterator[None]:
    """Meanwhile every number that is drawn at random is as great as it can be, and none comes twice."""
    drawn = random.random.__self__  # type: ignore[attr-defined]  # what draws for the functions of random
    numbers = itertools.count(1)

    def draw() -> float:
        return 1 - next(numbers) * 2**-53

    with mock.patch.object(drawn, "random", draw), mock.patch.object(random, "random", draw):
        yield


def _too_slow(bench: Bench, with_retries: Callable[..., Any]) -> None:
    service, outcome = _try(bench, with_retries, (_NEVER, Fault.OK), (0, Fault.OK))
    if service.lasted[0] > 100 * _LIMIT:
        raise NotYet("no-timeout")
    if len(service.calls) == 1 or outcome.error is not None:
        error = describe(outcome.error) if outcome.error else say("nothing")
        raise NotYet("timeout-not-retried", error=error)
    with _longest_pauses():
        service, outcome = _try(bench, with_retries, (_NEVER, Fault.OK))
    _each_was_cut_off(service, outcome)
    if len(service.calls) != 4:
        raise NotYet("wrong-number-of-hangs", calls=len(service.calls))
    _is_a_timeout(outcome)
    _pauses_are_short(service, outcome)
    down = ConnectionError("the service is down")
    _, outcome = _try(bench, with_retries, *[(0, down)] * 3, (_NEVER, Fault.OK))
    if outcome.error is down:
        raise NotYet("hang-not-told", got=describe(down))
    _is_a_timeout(outcome)
    service, outcome = _try(bench, with_retries, (0.9 * _LIMIT, Fault.OK))
    if len(service.calls) > 1 or outcome.error is not None:
        raise NotYet("too-hasty", seconds=f"{0.9 * _LIMIT:g}")


def _is_a_timeout(outcome: _Outcome) -> None:
    if not isinstance(outcome.error, TimeoutError):
        _is_original(outcome, TimeoutError())


def _each_was_cut_off(service: _Flaky, outcome: _Outcome) -> None:
    if outcome.at_work:
        raise NotYet("attempt-goes-on", count=outcome.at_work)
    for number, seconds in enumerate(service.lasted, 1):
        if seconds > 100 * _LIMIT:
            raise NotYet("limit-once", number=number)
        if not 0.95 * _LIMIT < seconds < 1.05 * _LIMIT:
            raise NotYet("wrong-limit", number=number, seconds=f"{seconds:.2f}")


def _several_orders(bench: Bench, with_retries: Callable[..., Any]) -> None:
    down = ConnectionError("the service is down")
    orders = ["order-1", "order-2", "order-3"]
    plan = [(0.1, down), (0.1, down), (0.1, down), (0.1, Fault.OK)]
    for at_once in (True, False):
        service, outcome = _try(bench, with_retries, *plan, orders=orders, at_once=at_once)
        if failed := [each for each in zip(orders, outcome.errors, strict=True) if each[1] is not None]:
            order, error = failed[0]
            raise NotYet(
                "attempts-shared",
                order=order,
                calls=service.calls.count(order),
                error=describe(error) if error else "",
            )
        if outcome.results != [f"sent {order}" for order in orders]:
            raise NotYet("results-mixed-up", got=", ".join(map(_shown, outcome.results)))
        if at_once and service.most_at_work < len(orders):
            raise NotYet("one-by-one", count=service.most_at_work, orders=len(orders))
    _same_order_twice(bench, with_retries)
    service, _ = _try(bench, with_retries, (0, Fault.OK), orders=["order-1"] * 2)
    if len(service.calls) != 2:
        raise NotYet("not-sent-again", calls=len(service.calls))


def _same_order_twice(bench: Bench, with_retries: Callable[..., Any]) -> None:
    """Two calls with one order at the same time, down for good: each has four attempts."""
    plan = 0.1, ConnectionError("the service is down")
    orders = ["-".join(("order", "1")) for _ in range(2)]  # two texts that are equal
    service, _ = _try(bench, with_retries, plan, orders=orders, at_once=True)
    calls = [sum(order is each for each in service.calls) for order in orders]
    if calls != [4, 4]:
        raise NotYet("same-order", calls=", ".join(map(str, calls)))


def _cancelled_it_ends(bench: Bench, with_retries: Callable[..., Any]) -> None:
    """The call, and the attempt in it."""
    service = _Flaky((0.15, Fault.OK))
    send = bench.call(with_retries, service.send)

    async def cancel_it(_: str) -> tuple[bool, int]:
        running = asyncio.ensure_future(send("order-1"))
        await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.sleep(0.01)  # for who hands it on, in a few turns of the loop
        at_work = service.at_work
        await asyncio.wait([running], timeout=10)
        return bool(running.cancelled()), at_work

    cancelled, at_work = bench.run_virtual(named_like(send, cancel_it), "order-1")
    if not cancelled or len(service.calls) > 1:
        raise NotYet("stops-cancellation", calls=len(service.calls))
    if at_work:
        raise NotYet("attempt-left")
    service = _Flaky((0.15, ConnectionError("the service is down")))
    send = bench.call(with_retries, service.send)

    async def cancel_it_behind_the_attempt(_: str) -> tuple[bool, int]:
        """In the pause, if there is one; else in the second attempt."""
        running = asyncio.ensure_future(send("order-1"))
        await asyncio.sleep(0.15)
        await asyncio.sleep(1e-6)
        calls = len(service.calls)
        running.cancel()
        await asyncio.wait([running], timeout=10)
        return bool(running.cancelled()), calls

    cancelled, calls = bench.run_virtual(named_like(send, cancel_it_behind_the_attempt), "order-1")
    if not cancelled or len(service.calls) > calls:
        raise NotYet("pause-goes-on", calls=len(service.calls))


def _try(
    bench: Bench,
    with_retries: Callable[..., Any],
    *plan: tuple[float, Any],
    orders: Sequence[str] = ("order-1",),
    at_once: bool = False,
) -> tuple[_Flaky, _Outcome]:
    """Call the learner's function for each order, on a clock that jumps."""
    service = _Flaky(*plan)
    pauses = LoopPauses()

    async def one(order: str) -> Any:
        return await send(order)

    async def all_of_them(_: str) -> _Outcome:
        pauses.of_this_loop()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        if at_once:
            results = await asyncio.gather(*map(one, orders), return_exceptions=True)
        else:
            results = [(await asyncio.gather(one(order), return_exceptions=True))[0] for order in orders]
        seconds = loop.time() - begun
        return _Outcome(results, seconds, service.at_work)

    with _sleeps_in_threads(with_retries, pauses) as in_threads:
        send = bench.call(with_retries, service.send)
        outcome = bench.run_virtual(named_like(send, all_of_them), orders[0])
    if pauses.noted:
        raise NotYet("pause-on-the-loop", **pauses.longest())
    if in_threads:
        raise NotYet("pause-in-a-thread", seconds=f"{max(in_threads):.2g}")
    for error in outcome.errors:
        if isinstance(error, NotImplementedError | NameError):
            raise error
    return service, outcome


@contextmanager
def _sleeps_in_threads(with_retries: Any, pauses: LoopPauses) -> Iterator[list[float]]:
    """Within, no pause takes time. Gives the seconds of each `time.sleep` in a thread."""
    sleep, asked = time.sleep, list[float]()

    def noted(seconds: float) -> None:
        by = sys._getframe(2)  # the one between is that of `LoopPauses`
        if str(by.f_globals.get("__name__")).startswith("course."):
            sleep(seconds)
        elif seconds > 0:
            asked.append(seconds)

    with _sleeps(with_retries, noted, asyncio.sleep), pauses.watched(with_retries):
        yield asked


def _shown(result: Any) -> str:
    if not inspect.iscoroutine(result):
        return shown(result)
    result.close()
    return say("a coroutine")


def _is_original(outcome: _Outcome, expected: BaseException) -> None:
    error, name = outcome.error, type(expected).__name__
    if error is None:
        raise NotYet("swallowed", expected=name, got=_shown(outcome.result))
    if type(error).__name__ == "RetryError":
        raise NotYet("retry-error", expected=name)
    if type(error) is not type(expected):
        raise NotYet("other-error", expected=name, got=describe(error))
    if error is not expected:
        raise NotYet("copied-error", expected=name)


# payments


class _Database:
    """The database of an exercise: hands out connections that a check can watch, hold up and break."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bank.sqlite"
        self.broken: str | None = None  # what fails: "connect", "INSERT" or "COMMIT"
        self.patience = _LOCK
        self.everybody: Lookers | None = None
        self.meeting: Meeting | None = None
        self._opened: weakref.WeakSet[RacingConnection] = weakref.WeakSet()

    def connect(self) -> sqlite3.Connection:
        if self.broken == "connect":
            raise sqlite3.OperationalError("unable to open database file")
        connection = sqlite3.connect(
            self.path, timeout=self.patience, factory=RacingConnection, check_same_thread=False
        )
        connection.everybody, connection.meeting = self.everybody, self.meeting
        if self.everybody is None:
            connection.set_authorizer(self._may)
        self._opened.add(connection)
        return connection

    def _may(self, action: int, first: str | None, *_: object) -> int:
        """``first`` is the table of an INSERT, and of a transaction what it does."""
        fails = {
            "INSERT": (sqlite3.SQLITE_INSERT, "charges"),
            "COMMIT": (sqlite3.SQLITE_TRANSACTION, "COMMIT"),
        }
        refused = self.broken is not None and fails.get(self.broken) == (action, first)
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    def race(self, threads: int) -> None:
        """From now on everybody who looks waits until so many have looked."""
        self.everybody = Lookers(threads)
        for connection in self._opened:
            connection.everybody = self.everybody
            with suppress(sqlite3.ProgrammingError):  # it is closed, and somebody still refers to it
                # it needs Python's lock while SQLite holds its own: a deadlock
                connection.set_authorizer(None)

    @contextmanager
    def met(self) -> Iterator[Meeting]:
        """Meanwhile two threads in one transaction are noted."""
        self._meet(Meeting())
        assert self.meeting is not None
        try:
            yield self.meeting
        finally:
            self._meet(None)

    def _meet(self, meeting: Meeting | None) -> None:
        self.meeting = meeting
        for connection in self._opened:
            connection.meeting = meeting

    def run(self, sql: str, *values: object) -> list[Any]:
        """One statement on a connection of its own."""
        connection = sqlite3.connect(self.path, timeout=1)
        try:
            with connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            raise NotYet("lock-left", error=describe(error)) from error
        finally:
            connection.close()

    def charges(self, key: str) -> list[int]:
        """What has been charged for a key."""
        return [cents for (cents,) in self.run("SELECT cents FROM charges WHERE key = ?", key)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Meanwhile somebody else writes."""
        connection = sqlite3.connect(self.path, timeout=5, isolation_level=None, check_same_thread=False)
        connection.execute("BEGIN IMMEDIATE")
        self.patience = 0.0  # who comes now is told at once
        try:
            yield
        finally:
            self.patience = _LOCK
            connection.execute("ROLLBACK")
            connection.close()


_OLD_CHARGES = {"yesterday": 100, "before": 200, "a gift": 0, "a refund": -500}
"""What the table has before prepare() is called."""


def _with_charges(folder: Path, charges: Mapping[str, int]) -> _Database:
    """A database whose table has these charges."""
    database = _Database(folder)
    database.run("CREATE TABLE charges (key TEXT, cents INTEGER)")
    for charge in charges.items():
        database.run("INSERT INTO charges VALUES (?, ?)", *charge)
    return database


@exercise("failure.once", wants=("build_payment",))
def check_once(bench: Bench, build_payment: Callable[..., Any]) -> None:
    """One key is charged once, also by several threads at the same time; other keys are not disturbed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        database = _with_charges(Path(folder), _OLD_CHARGES)
        prepare, pay = _pair(bench.call(build_payment, database.connect))
        bench.run(prepare)
        for key, cents in _OLD_CHARGES.items():
            if database.charges(key) != [cents]:
                raise NotYet("charges-gone", key=key, cents=cents)
        database.run("DELETE FROM charges")
        _pay_one_after_the_other(bench, pay, database)
        _pay_other_keys(bench, build_payment, pay, database)
        _pay_in_one_thread(bench, pay, database)
        _pay_after_a_restart(bench, build_payment, database)
        for step in ("INSERT", "COMMIT", "connect"):
            _pay_when_it_fails(bench, pay, database, step)
        _pay_while_somebody_writes(pay, database)
        _pay_in_two_transactions(bench, pay, database)
        database.race(4)
        _pay_at_once(bench, pay, database)
        _pay_what_was_there(bench, build_payment, Path(folder) / "before")


def _pair(pair: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(map(callable, pair))):
        raise NotYet("not-two", got=type(pair).__name__)
    return pair[0], pair[1]


def _pay_one_after_the_other(bench: Bench, pay: Callable[..., Any], database: _Database) -> None:
    said = [_pay(bench, pay, "a", 500)]
    if not database.charges("a"):
        raise NotYet("not-charged", key="a", cents=500)
    said += [_pay(bench, pay, key, cents) for key, cents in (("a", 500), ("b", 700), ("a", 500))]
    found = {key: database.charges(key) for key in "ab"}
    if len(found["a"]) > 1:
        raise NotYet("charged-again", count=len(found["a"]))
    if not found["b"]:
        raise _key_lost("b", 700, _wrong_about(True, [], 700))
    if found != {"a": [500], "b": [700]}:
        raise NotYet("wrong-amount", got=shown(found))
    if said != [True, False, True, False] or not all(isinstance(each, bool | int) for each in said):
        raise NotYet("wrong-answer", got=shown(said))
    if _pay(bench, pay, "a", 900) is not False or database.charges("a") != [500]:
        raise NotYet("other-amount", got=shown(database.charges("a")))


_OTHER_KEYS = (
    "A",
    "a ",
    "order-2026-11-29-0001",
    "order-2026-11-29-0002",
    "_",
    "%",
    "?",
    "*",
    "7",
    "07",
    "7.0",
    "order 7",
    "order  7",
    "order\t7",
    "",
    "it's",
    'a "b"',
    "a; b",
    "two\nlines",
    "two\nothers",
    "caf\u00e9",
    "cafe\u0301",
    *(f"{'order-' * 60}{number}" for number in range(2)),
)


def _pay_other_keys(
    bench: Bench, build_payment: Callable[..., Any], pay: Callable[..., Any], database: _Database
) -> None:
    for number, key in enumerate(_OTHER_KEYS):
        said = _pay(bench, pay, key, 700)
        if what := _wrong_about(said, charges := database.charges(key), 700):
            earlier = ("a", "b", *_OTHER_KEYS[:number])
            raise _key_lost(key, 700, what if charges else _taken_for(bench, build_payment, key, earlier))
    said = _pay(bench, pay, "a present", 0)
    if what := _wrong_about(said, database.charges("a present"), 0):
        raise _key_lost("a present", 0, what)


def _wrong_about(said: Any, charges: Sequence[int], cents: int) -> str:
    """What a payment of a new key did that it should not have done, if anything."""
    if not charges:
        return say("charged nothing")
    if [*charges] != [cents]:
        return say("left {got} in the table", got=shown([*charges]))
    return "" if said else say("charged, but returned {got}", got=shown(said))


def _key_lost(key: str, cents: int, what: str) -> NotYet:
    return NotYet("other-key-lost", key=ascii(_short(key)), cents=cents, what=what)  # two may look alike


def _short(key: str) -> str:
    return key if len(key) < 40 else f"…{key[-20:]}"


def _taken_for(bench: Bench, build_payment: Callable[..., Any], key: str, earlier: Sequence[str]) -> str:
    """What a payment did that charged nothing: tried out, alone and after each of the earlier keys."""
    bench.begin_part()
    alone = _keys_after(bench, build_payment, key)
    if alone and alone != [key]:
        raise NotYet("key-changed", given=ascii(_short(key)), got=", ".join(ascii(each) for each in alone))
    if not alone:
        return say("left no charge under this key, also when it is the first one")
    for other in earlier:
        if key not in _keys_after(bench, build_payment, other, key):
            return say(
                "charged nothing: it was taken for a repetition of {other}", other=ascii(_short(other))
            )
    return say("charged nothing")


def _keys_after(bench: Bench, build_payment: Callable[..., Any], *keys: str) -> list[str]:
    """The keys of the charges in a database that was empty, after these payments."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        database = _with_charges(Path(folder), {})
        prepare, pay = _pair(bench.call(build_payment, database.connect))
        bench.run(prepare)
        for each in keys:
            _pay(bench, pay, each, 700)
        return [key for (key,) in database.run("SELECT key FROM charges")]


def _pay_in_one_thread(bench: Bench, pay: Callable[..., Any], database: _Database) -> None:
    """Which may keep a connection of its own: several keys, and repetitions among them."""
    keys = ["one", "one", "two", "one", "two", "three"]
    said: list[Any] = []

    @functools.wraps(pay)
    def pay_them_all(*_: Any) -> None:
        said.extend(pay(key, 600) for key in keys)

    _pay(bench, pay_them_all, keys[0], 600)
    for key in dict.fromkeys(keys):
        if what := _wrong_about(True, database.charges(key), 600):
            raise _key_lost(key, 600, what)
    if [*map(bool, said)] != (right := [key not in keys[:number] for number, key in enumerate(keys)]):
        raise NotYet("earlier-counted", keys=", ".join(map(shown, keys)), got=shown(said), right=shown(right))


def _pay_when_it_fails(bench: Bench, pay: Callable[..., Any], database: _Database, step: str) -> None:
    key = f"while {step} fails"

    @functools.wraps(pay)
    def fail_then_pay(key: str, cents: int) -> Any:
        """In one thread, which may keep a connection of its own."""
        said: list[Any] = []
        database.broken = step
        error: Exception | None = None
        try:
            said.append(pay(key, cents))
        except Exception as failure:  # it should come out, and whoever has it may keep it
            error = failure
        database.broken = None
        for each in said:
            _says_no_more_than_it_did(each, database.charges(key))
        gc.collect()  # a connection that the failed call has left open is closed, and its transaction undone
        database.run("DELETE FROM charges WHERE key = 'nobody'")  # whoever writes needs the lock
        paid = bool(database.charges(key)) or pay(key, cents)
        del error
        return paid

    if not _pay(bench, fail_then_pay, key, 300) or not database.charges(key):
        raise NotYet("key-without-charge")


def _pay_after_a_restart(bench: Bench, build_payment: Callable[..., Any], database: _Database) -> None:
    with other_hashes():
        _, pay = _pair(bench.call(build_payment, database.connect))
        try:
            said = [_pay(bench, pay, "a", 500), _pay(bench, pay, "d", 800)]
        except NotYet as miss:
            if miss.miss == "engine.raised":
                raise NotYet("needs-prepare", error=miss.fields["error"]) from miss
            raise
    if database.charges("a") != [500] or said[0]:
        raise NotYet("forgotten", count=len(database.charges("a")), got=shown(said[0]))
    if what := _wrong_about(said[1], database.charges("d"), 800):
        raise _key_lost("d", 800, what)


def _pay_what_was_there(bench: Bench, build_payment: Callable[..., Any], folder: Path) -> None:
    """The table has charges when prepare() is called."""
    folder.mkdir()
    database = _with_charges(folder, _OLD_CHARGES)
    prepare, pay = _pair(bench.call(build_payment, database.connect))
    bench.run(prepare)
    for key, cents in {**_OLD_CHARGES, "before": 300}.items():
        before = database.charges(key)
        said = _pay(bench, pay, key, cents)
        count = len(database.charges(key))
        if said is not False or database.charges(key) != before:
            raise NotYet("old-charge-again", key=key, cents=cents, got=shown(said), count=count)
    said = _pay(bench, pay, "today", 400)
    if what := _wrong_about(said is True, database.charges("today"), 400):
        raise _key_lost("today", 400, what)


def _pay_while_somebody_writes(pay: Callable[..., Any], database: _Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.locked():
            paying = pool.submit(pay, "e", 400)
            pool_waits = threading.Event()
            paying.add_done_callback(lambda _: pool_waits.set())
            pool_waits.wait(0.2)  # who waits for the lock succeeds, whenever it is let go
        error = paying.exception()
        said = None if error else paying.result()
    if error is None:
        _says_no_more_than_it_did(said, database.charges("e"))


def _says_no_more_than_it_did(said: Any, charges: Sequence[int]) -> None:
    """After a payment that the database did not let through."""
    if not charges:
        raise NotYet("failure-claimed" if said else "failure-denied")


def _pay(bench: Bench, pay: Callable[..., Any], key: str, cents: int) -> Any:
    try:
        return bench.run(pay, key, cents)
    except NotYet as miss:
        if "IntegrityError" in str(miss.fields.get("error", "")):
            raise NotYet("duplicate-raises") from miss
        raise


def _pay_in_two_transactions(bench: Bench, pay: Callable[..., Any], database: _Database) -> None:
    with database.met() as meeting:

        def pay_while_somebody_pays(*_: Any) -> None:
            with ThreadPoolExecutor(2) as pool:
                first = pool.submit(pay, "k", 900)
                first.add_done_callback(lambda _: meeting.begun.set())
                meeting.begun.wait()
                pool.submit(pay, "l", 900)

        bench.run(named_like(pay, pay_while_somebody_pays), "k", 900)
    if meeting.happened.is_set():
        raise NotYet("one-transaction")


def _pay_at_once(bench: Bench, pay: Callable[..., Any], database: _Database) -> None:
    said = _all_at_once(bench, pay, ["f"] * 4, database)
    count = len(database.charges("f"))
    if count != 1:
        raise NotYet("raced", count=count)
    if sorted(map(bool, said)) != [False, False, False, True]:
        raise NotYet("wrong-answer", got=shown(said))
    keys = ["g", "h", "i", "j"]
    said = _all_at_once(bench, pay, keys, database)
    if lost := [key for key in keys if database.charges(key) != [900]]:
        raise NotYet("others-at-once", lost=", ".join(map(shown, lost)))
    if not all(said):
        raise NotYet("wrong-answer", got=shown(said))


def _all_at_once(
    bench: Bench, pay: Callable[..., Any], keys: Sequence[str], database: _Database
) -> list[Any]:
    def pay_from_several_threads(*_: Any) -> list[Any]:
        with ThreadPoolExecutor(len(keys)) as pool:
            return [future.result() for future in [pool.submit(pay, key, 900) for key in keys]]

    try:
        said: list[Any] = bench.run(named_like(pay, pay_from_several_threads), keys[0], 900)
    except NotYet as miss:
        if "database is locked" in str(miss.fields.get("error")):
            impatient = database.everybody is not None and database.everybody.impatient
            raise NotYet("no-patience" if impatient else "locked-out") from miss
        raise
    return said


# the graph


_NEEDS = {"authorise": (), "reserve": (), "invoice": ("authorise",), "pack": ("reserve",)}
_FAILURES = (ValueError, ConnectionError, TimeoutError, KeyError, RuntimeError, OddError)
_MEETING = 2.0  # seconds that a task waits for one that cannot begin
_Kind = Literal["sync", "async"]
_KINDS: tuple[_Kind, ...] = ("sync", "async")


@exercise("failure.isolate", wants=("build_shipping",))
def check_isolate(bench: Bench, build_shipping: Callable[..., TaskManager]) -> None:
    """Whatever fails, exactly what needs it is skipped."""
    for kind in _KINDS:
        _fail_by_plan(bench, build_shipping, kind)
        for held, other in (("authorise", "pack"), ("reserve", "invoice")):
            _neither_waits(bench, build_shipping, kind, held, other)


def _fail_by_plan(bench: Bench, build_shipping: Callable[..., TaskManager], kind: _Kind) -> None:
    plans: list[tuple[str, ...]] = [(), ("authorise", "reserve"), ("invoice", "reserve")]
    alone = [(name,) for name in _NEEDS]
    for failing, error in [*((plan, OddError) for plan in plans), *itertools.product(alone, _FAILURES)]:
        spies = {
            name: bench.spy(name, kind, raises=error(f"no {name}") if name in failing else None)
            for name in _NEEDS
        }
        order = sorted(spies, reverse=bool(failing))  # whatever it is, each name has its function
        report = _report(bench, build_shipping, {name: spies[name].function for name in order})
        if missing := sorted(set(_NEEDS) - set(report)):
            raise NotYet("task-missing", names=", ".join(missing))
        if more := sorted(set(report) - set(_NEEDS)):
            raise NotYet("task-too-many", names=", ".join(more))
        for name in _NEEDS:
            _is_its_own(report, name, failing)
        for name, spy in spies.items():
            if report[name].outcome is not Outcome.SKIPPED and not spy.called:
                raise NotYet("function-unused" if kind == "sync" else "not-awaited", name=name)
            if spy.called and name in failing and len(spy.calls) > 1:
                raise NotYet("called-again", name=name, count=len(spy.calls))
        if hidden := [name for name in failing if report[name].outcome is Outcome.DONE]:
            needed = any(hidden[0] in needs for needs in _NEEDS.values())
            raise NotYet("failure-hidden" if needed else "failure-unseen", name=hidden[0])
        _only_what_needs_it(report, failing)


def _neither_waits(
    bench: Bench, build_shipping: Callable[..., TaskManager], kind: _Kind, held: str, other: str
) -> None:
    """One task is at work until another one, which needs nothing of it, has begun."""
    spies = {name: bench.spy(name, kind) for name in _NEEDS}
    met: list[bool] = []

    def hold(*_: object) -> None:
        met.append(patiently(lambda: spies[other].called, _MEETING))

    async def hold_async(*_: object) -> None:
        met.append(await patiently_async(lambda: spies[other].called, _MEETING))

    functions: dict[str, Any] = {name: spy.function for name, spy in spies.items()}
    functions[held] = hold if kind == "sync" else hold_async
    _report(bench, build_shipping, functions)
    if not all(met):
        raise NotYet("one-chain-waits", held=held, other=other)


def _is_its_own(report: Report, name: str, failing: Sequence[str]) -> None:
    if report[name].outcome is Outcome.FAILED and name not in failing:
        error = report[name].error
        other = str(error.args[0]).removeprefix("no ") if error and error.args else ""
        if isinstance(error, _FAILURES) and other in _NEEDS:
            raise NotYet("wrong-function", name=name, other=other)
        raise NotYet("task-failed", name=name, error=describe(error) if error else "")


def _only_what_needs_it(report: Report, failing: Sequence[str]) -> None:
    skipped = {name for name in _NEEDS if report[name].outcome is Outcome.SKIPPED}
    expected = {name for name, needs in _NEEDS.items() if set(needs) & set(failing)}
    failed = " and ".join(name for name in failing if name not in skipped)
    if more := sorted(skipped - expected):
        raise NotYet("skipped-too-much", failed=failed, skipped=", ".join(more))
    if less := sorted(expected - skipped):
        needs = next(name for name in _NEEDS[less[0]] if name in failing)
        raise NotYet("ran-anyway", failed=failed, ran=less[0], needs=needs)


def _report(bench: Bench, build_shipping: Callable[..., Any], functions: Mapping[str, Any]) -> Report:
    manager = bench.call(build_shipping, functions)
    if not isinstance(manager, TaskManager):
        is_class = isinstance(manager, type)
        what = say("the class `{name}`", name=manager.__name__) if is_class else shown(manager)
        raise NotYet("not-a-manager", got=what)
    report: Report = bench.run(manager.run)
    if report.error:
        raise NotYet("graph-refused", error=f"{type(report.error).__name__}: {report.error}")
    return report


# the storm

_OWN = (TypeError, NameError, AttributeError, LookupError, AssertionError)
"""What no service raises: such an error is one of the program's own."""

_STORM = 4.5  # seconds that all of the orders together may take, at most three faults each
_IDLE = 1.0  # in looks; meanwhile a program that looks for orders again and again finds none
_TOO_LONG = 1.0  # seconds that one pause may not have
_SHORT = 0.05  # seconds that it has here
_ATTEMPTS = 4
_LONG = tuple(
    f"parcel-{'2026-11-30-' * 3}{middle}{'-12-00-00' * 3}-{end}" for middle, end in ("11", "12", "21")
)
"""Long ids that differ only at the end, and only in the middle."""

_ALIKE = (
    *("order 5", "order  5", " order-5", "order-5 ", "order_5", "order/5", "order.5", "order:5"),
    *("ordr-5", "ord\u00e9r-5", "7", "07"),
)
"""Ids that are the same to who drops or replaces some characters, as for a name in a URL or a number."""

_ORDERS = (
    "order-0",
    "order-1",
    "order-2",
    "order-3",
    "order-4",
    "order-5",
    "order-50",
    "Order-1",
    "order-05",
    "order- 5",
    *_LONG,
    *_ALIKE,
)
_EARLIER = _ORDERS[:3]
"""Another shop has had orders with these ids before."""

_LATER = "order-7"
"""Comes when all of the others are done."""


class _Away(ConnectionError):
    """A service's own error."""


_UNHEARD = {
    "order-12": ConnectionRefusedError,
    "order-16": BrokenPipeError,
    "order-17": ConnectionAbortedError,
    "order-18": _Away,
}
"""Come behind it; bank and post fail once for each, with this subclass of ConnectionError."""

_RESET = "order-15"
"""Comes behind that one; the answers of bank and post get lost once, with a ConnectionResetError."""

_AT_THE_END = ("order-13", "order-14")
"""The first is with the bank when its server is told to stop; the other one may have to wait for it."""

_LAST = "order-8", "order-9", "order-10", "order-11"
"""Come after a restart of the shop."""

_CROWD = tuple(f"order-{number}" for number in range(100, 142))
"""Orders of which all but the last can be in a pause: more than the server's pool has threads."""

_DECLINED = ("no-money-1", "no-money-2", "no-money-3")

_THREADS = 180  # the server's pool, one for each order, and those of clients that come together


@exercise("failure.storm", wants=("build_shop",), threads=_THREADS)
def check_storm(bench: Bench, build_shop: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """Every accepted order is charged once and sent, whatever the seed; a declined one is buried."""
    charges = _answers_at_once(bench, build_shop)
    orders = list(_ORDERS)
    bank = Bank(
        {order: Faults.seeded(seed) for seed, order in enumerate(orders)}
        | {"order-3": Faults.first(3), "order-4": Faults.first(3, Fault.LOST)}
        | {order: Faults.first(1) for order in (_DECLINED[1], _LATER, *_UNHEARD, *_LAST)}
        | {_DECLINED[2]: Faults.first(3)}
        | {_RESET: Faults.first(1, Fault.RESET)},
        declined=frozenset(_DECLINED),
        unheard=_UNHEARD,
    )
    post = Post(
        {order: Faults.seeded(seed + 100) for seed, order in enumerate(orders)}
        | {"order-5": Faults.first(3), _RESET: Faults.first(1, Fault.RESET)}
        | {order: Faults.first(1) for order in _UNHEARD},
        bank,
        unheard=_UNHEARD,
    )
    dead = bench.spy("dead")
    everything = [*_DECLINED[:2], *orders[:4], *_DECLINED[2:], *orders[4:]]
    pauses = _Pauses(bank, post)
    errors: list[BaseException] = []
    first, *others = _UNHEARD
    before = [everything, [_LATER], [first], [_RESET], others]
    for waves in (before, [[*_LAST]]):  # a restart in between
        with _longest_pauses(), pauses.watched(build_shop):
            app = bench.call(build_shop, bank, post, dead, Declined)
            overlap = Overlap(pauses.on_the_loop.inside(app))
            with bench.serve(app, inside=overlap, name="build_shop") as server:
                if waves[0] is everything:
                    patiently(lambda: False, _IDLE)  # a worker that then ends is gone when an order comes
                overlap.together(len(waves[0]))
                came = list(_until_one_is_left(bench, server, waves, pauses, dead))
                orders += [order for order in came if order in (_LATER, *_UNHEARD, _RESET, *_LAST)]
                pauses.on_the_loop.no_more_requests()
                bench.finish()
                errors += server.errors
                pauses.disturb_nobody()
        if not _none_left(came, post, dead):
            break
    if broken := [error for error in errors if isinstance(error, _OWN)]:
        raise NotYet("broken", error=describe(broken[0]))
    if bank.on_the_loop or post.on_the_loop:
        raise NotYet("on-the-loop", name="bank.charge" if bank.on_the_loop else "post.send")
    if bank.known_key:
        pairs = sorted(bank.known_key.items(), key=lambda pair: len(pair[0]))
        if all(each in _LONG for each in bank.known_key):
            raise NotYet("key-shortened", length=len(pairs[0][0]), place=_place(*pairs[0]))
        folded = [(one, two) for one, two in pairs if one.casefold() == two.casefold()]
        if not folded or any(one.strip().casefold() != two.strip().casefold() for one, two in pairs):
            raise NotYet("key-known", order=pairs[0][0], other=pairs[0][1])
        raise NotYet("key-folded", order=folded[0][0], other=folded[0][1])
    if strangers := sorted(set(bank.calls) - {*orders, *_DECLINED}, key=repr):
        raise NotYet("other-order", got=shown(strangers[0]))
    _declined_is_buried(bank, post, dead)
    _subclass_is_retried(bank, post, first)
    if _RESET in orders:
        _lost_answer_is_asked_for(bank, post, dead)
    _subclass_is_retried(bank, post, *others)
    if charges and not bank.calls:
        raise NotYet("left-when-idle", order=orders[0])
    if {order for order in orders if not bank.calls[order]} == set(_EARLIER):
        raise NotYet("earlier-shop", order=_EARLIER[0])
    for order in orders:
        _is_charged(order, bank, dead)
    for order in orders:
        if not post.sent[order]:
            raise NotYet("not-sent", order=order, calls=post.calls[order])
        if post.succeeded[order] > 1:
            raise NotYet("sent-again", order=order, count=post.succeeded[order])
    for order in _DECLINED:
        if not bank.refused[order]:
            raise _not_charged(order, bank)
    if errors:
        raise NotYet("escaped", error=describe(errors[0]))
    _answers_in_pauses(bench, build_shop)
    _shutdown_waits(bench, build_shop, at_work=True)
    _shutdown_waits(bench, build_shop, at_work=False)
    return {"count": len(orders)}


def _place(order: str, other: str) -> str:
    """Where two of the long ids differ."""
    if order[-1] == other[-1]:
        return say("in the middle")
    return say("at the end") if order[:-1] == other[:-1] else say("in the middle and at the end")


def _until_one_is_left(
    bench: Bench, server: Server, waves: Sequence[Sequence[str]], pauses: "_Pauses", dead: Spy
) -> Iterator[str]:
    """Let one wave of orders come after the other, as long as none is left; those that came."""
    bank, post = pauses.services
    for wave in waves:
        yield from wave
        for request in [server.submit("POST", "/orders", json={"id": order}) for order in wave]:
            bench.expect(request.result(), 202)
        # not only while somebody is at work: a timer of the loop may begin the next attempt
        bench.until(lambda: pauses.disturb or _all_done(wave, post, dead), _STORM)  # noqa: B023
        pauses.disturb_nobody()
        _is_not_pausing(bench, wave, bank, post, dead)
        if not _none_left(wave, post, dead):
            return


def _shutdown_waits(bench: Bench, build_shop: Callable[..., FastAPI], *, at_work: bool) -> None:
    """The server is told to stop while an order is with the bank, or when it has just been accepted.

    Then bank and post fail, once for each order.
    """
    bench.begin_part()
    paying = bench.gate("the bank")
    bank = Bank({order: Faults.first(1) for order in _AT_THE_END}, gate=paying)
    post = Post({order: Faults.first(1) for order in _AT_THE_END}, bank)
    dead = bench.spy("dead")
    app = bench.call(build_shop, bank, post, dead, Declined)
    limits = MetLimits(app, build_shop)
    lapse = TimeLapse(limits)
    with limits.watched(), bench.serve(app, inside=lapse, name="build_shop") as server:
        for order in _AT_THE_END:
            bench.expect(server.submit("POST", "/orders", json={"id": order}).result(), 202)
        if at_work:
            bench.comes(lambda: bank.calls.total() > 0)
        stopping = threading.Thread(target=server.stop, args=(math.inf,), daemon=True)
        stopping.start()
        bench.until(lambda: not server.running or not stopping.is_alive())
        bench.until(lambda: limits.ended, _IDLE)
        lapse.skip(_STORM, _STORM)  # who does not wait for the order, here or by blocking, has gone by then
        left = limits.ended
        paying.open()
        bench.comes(lambda: _all_done(_AT_THE_END, post, dead))
        for order in _AT_THE_END:
            if left or not _all_done([order], post, dead):
                raise NotYet("left-behind", order=order)
        bench.finish()


_HOUR = 3600.0


def _answers_in_pauses(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """So many orders are in a pause, which is held, that no thread of the server's pool may be free."""
    bench.begin_part()
    pausing = bench.gate("a pause")
    bank = Bank({order: Faults.first(1) for order in _CROWD})
    with _held_pauses(build_shop, bank, pausing):
        app = bench.call(build_shop, bank, Post({}, bank), bench.spy("dead"), Declined)
        with bench.serve(app, name="build_shop") as server:
            for order in _CROWD:
                if order == _CROWD[-1]:
                    bench.rest()
                pending = server.submit("POST", "/orders", json={"id": order})
                if not bench.answers(pending):
                    raise NotYet("client-waits-in-pauses", count=len(bank.failures.orders))
                bench.expect(pending.result(), 202)
            pausing.open()
            bench.finish()


def _answers_at_once(bench: Bench, build_shop: Callable[..., FastAPI]) -> bool:
    """While an order is with the bank, which is held, and while it is with the post, for an hour.

    Returns whether the bank was asked at all.
    """
    paying, sending = bench.gate("the bank"), bench.gate("the post")
    bank = Bank({}, gate=paying)
    post = Post({}, bank, gate=sending)
    app = bench.call(build_shop, bank, post, bench.spy("dead"), Declined)
    lapse = TimeLapse(app)
    with bench.serve(lapse, name="build_shop") as server:

        def is_answered(order: str, service: Bank | Post, otherwise: str) -> None:
            pending = server.submit("POST", "/orders", json={"id": order})
            bench.comes(lambda: service.calls.total() > 0 or pending.done)
            if bank.on_the_loop or post.on_the_loop:
                raise NotYet("on-the-loop", name="bank.charge" if bank.on_the_loop else "post.send")
            if not bench.answers(pending):
                raise NotYet(otherwise)
            bench.expect(pending.result(), 202)

        is_answered(_EARLIER[0], bank, "client-waits")
        bench.comes(lambda: bank.calls.total() > 0)
        is_answered(_EARLIER[1], bank, "client-waits-for-order")
        paying.open()
        bench.comes(lambda: post.calls.total() > 0)
        is_answered(_EARLIER[2], post, "client-waits-for-order")
        lapse.skip(_HOUR)
        if max(post.calls.values(), default=0) > 1:
            raise NotYet("sent-beside-itself")
        sending.open()
        bench.finish()
    return bank.calls.total() > 0


class _Pauses:
    """The pauses that a program asks for, after a call has failed and before the next one. None is long here.

    So what counts is what it asks for, and where it waits, and not how long anything takes.
    """

    def __init__(self, bank: Bank, post: Post) -> None:
        self.long: list[tuple[str, float]] = []
        """An order whose last call had failed, and the seconds, for each that is too long."""
        self.on_the_loop = LoopPauses()
        self.services = bank, post

    @contextmanager
    def watched(self, build_shop: Any) -> Iterator[None]:
        """Within, ``time.sleep`` and ``asyncio.sleep`` note what they are asked for."""
        sleep, sleep_async = time.sleep, asyncio.sleep

        def noted(seconds: float) -> None:
            sleep(self._note(seconds))

        async def noted_async(delay: float, result: Any = None) -> Any:
            return await sleep_async(self._note(delay), result)

        with _sleeps(build_shop, noted, noted_async), self.on_the_loop.watched(build_shop):
            yield

    def _note(self, seconds: float) -> float:
        waiting = [order for service in self.services for order in sorted(service.failures.orders)]
        if seconds >= _TOO_LONG and waiting:
            self.long.append((waiting[0], seconds))
        return min(seconds, _SHORT)

    @property
    def disturb(self) -> bool:
        """Whether one of them was too long, or kept the event loop."""
        return bool(self.long or self.on_the_loop.noted)

    def disturb_nobody(self) -> None:
        """Refuse pauses that do."""
        if self.on_the_loop.noted:
            name, seconds = self.on_the_loop.noted[0]
            raise NotYet("pause-on-the-loop", name=name, seconds=f"{seconds:.2g}")
        if self.long:
            order, seconds = self.long[0]
            raise NotYet("pause-too-long", order=order, seconds=f"{seconds:.1f}")


@contextmanager
def _sleeps(
    build_shop: Any, sleep: Callable[[float], None], sleep_async: Callable[..., Any]
) -> Iterator[None]:
    """Within, these two stand for ``time.sleep`` and ``asyncio.sleep``."""
    others = {time.sleep: sleep, asyncio.sleep: sleep_async}
    with (
        mock.patch.object(time, "sleep", sleep),
        mock.patch.object(asyncio, "sleep", sleep_async),
        renamed(names_of(build_shop), others),
    ):
        yield


@contextmanager
def _held_pauses(build_shop: Any, bank: Bank, gate: Gate) -> Iterator[None]:
    """Within, each pause of the program in a thread ends when the gate opens.

    That is each ``time.sleep``, each wait with a time-out where the last call has failed, and each pause on
    an event loop of its own in a thread of the server's pool.
    """
    sleep, sleep_async = time.sleep, asyncio.sleep

    def held(seconds: float) -> None:
        by = str(sys._getframe(1).f_globals.get("__name__"))
        if not by.startswith("course.") and (asyncio._get_running_loop() is None or _in_the_pool()):
            gate.wait(_HOUR)
        sleep(min(seconds, _SHORT))

    async def held_async(delay: float, result: Any = None) -> Any:
        if _in_the_pool():
            await gate.wait_async(_HOUR)
        return await sleep_async(min(delay, _SHORT), result)

    with _sleeps(build_shop, held, held_async), held_waits(gate, lambda: bank.failures.here):
        yield


def _in_the_pool() -> bool:
    """Whether this is a thread of the pool in which the server runs endpoints and tasks."""
    return threading.current_thread().name.startswith("AnyIO worker thread")


def _all_done(orders: Sequence[str], post: Post, dead: Spy) -> bool:
    buried = [call.values for call in dead.calls]
    return all(post.succeeded[order] or (order,) in buried for order in orders)


def _none_left(orders: Sequence[str], post: Post, dead: Spy) -> bool:
    """As all done, in the end: a parcel is on its way, although the answer was lost and nobody repeats it."""
    return _all_done([order for order in orders if not post.sent[order]], post, dead)


def _is_not_pausing(bench: Bench, orders: Sequence[str], bank: Bank, post: Post, dead: Spy) -> None:
    """Whether it is still busy with an order, and was in a pause all the time."""
    if _all_done(orders, post, dead) or not bench.at_work:
        return
    for service in (bank, post):
        for order in sorted(service.failures.orders):
            if service.calls[order] < _ATTEMPTS:
                raise NotYet("long-pauses", order=order, calls=service.calls[order], seconds=f"{_STORM:g}")


def _declined_is_buried(bank: Bank, post: Post, dead: Spy) -> None:
    buried = [call.values for call in dead.calls]
    for order in _DECLINED:
        if bank.refused[order] > 1:
            raise NotYet("declined-retried", calls=bank.refused[order])
        if post.sent[order] or post.unpaid:
            raise NotYet("sent-unpaid", order=(post.unpaid or [order])[0])
        if (order,) not in buried and bank.refused[order]:
            raise NotYet("declined-forgotten")
        if buried.count((order,)) > 1:
            raise NotYet("buried-again", count=buried.count((order,)))
    for values in buried:
        if values not in [(order,) for order in (*_ORDERS, _LATER, *_UNHEARD, _RESET, *_LAST, *_DECLINED)]:
            raise NotYet("dead-other", got=", ".join(map(shown, values)) or say("nothing"))


def _subclass_is_retried(bank: Bank, post: Post, *orders: str) -> None:
    for order in orders:
        error = _UNHEARD[order]
        charging = "bank.charge", bank.calls[order], bank.charged[order]
        sending = "post.send", post.calls[order], post.sent[order]
        for name, calls, done in (charging, sending):
            if calls == 1 and not done:
                kind = say("an error of its own") if error is _Away else f"`{error.__name__}`"
                raise NotYet("subclass-not-retried", name=name, order=order, error=kind)


def _lost_answer_is_asked_for(bank: Bank, post: Post, dead: Spy) -> None:
    """Whoever names no error for `retry_transient` calls after every other ConnectionError."""
    buried = (_RESET,) in [call.values for call in dead.calls]
    if bank.calls[_RESET] == 1 and not post.calls[_RESET]:
        raise NotYet("answer-lost", name="bank.charge", order=_RESET)
    if post.calls[_RESET] == 1 and buried:
        raise NotYet("answer-lost", name="post.send", order=_RESET)


def _is_charged(order: str, bank: Bank, dead: Spy) -> None:
    keys = bank.charged[order]
    if (order,) in [call.values for call in dead.calls]:
        raise NotYet("buried-alive", order=order)
    if not keys:
        raise _not_charged(order, bank)
    if len(keys) > 1:
        raise NotYet("charged-twice", order=order, count=len(keys))


def _not_charged(order: str, bank: Bank) -> NotYet:
    if not (calls := bank.calls[order]):
        return NotYet("never-asked", order=order)
    return NotYet("not-charged", order=order, calls=calls)
