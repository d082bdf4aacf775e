"""The checks of lesson 05: programs meet failures, and are judged by what became of the work."""

import asyncio
import inspect
import sqlite3
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from course.lessons.failure_and_retries.faults import Fault, Faults
from course.lessons.failure_and_retries.shop import Bank, Declined, Post
from course.live import Server, SettleTimeout
from course.practice import Bench, NotYet, Spy, exercise
from course.practice.race import RacingConnection
from course.tasks import Outcome, Report, TaskManager

_PATIENCE = 2.0
_LOCK = 2.5  # seconds that a connection waits for a lock; a call of the learner's may take four


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


# the guard


@exercise("failure.guard", wants=("guard",))
def check_guard(bench: Bench, guard: Callable[..., Any]) -> None:
    """Nothing but cancellation leaves the task; what happened is reported; async stays async."""
    for kind in ("def", "async def"):
        _failure_is_reported(bench, guard, kind)
        _success_is_left_alone(bench, guard, kind)
    _cancellation_passes(bench, guard)


def _failure_is_reported(bench: Bench, guard: Callable[..., Any], kind: str) -> None:
    error = ConnectionError("the service is down")
    task = bench.spy("send_invoice", "async" if kind == "async def" else "sync", raises=error)
    report, behind = bench.spy("report"), bench.spy("next_task")
    wrapped = bench.call(guard, task, report)
    if task.called:
        raise NotYet("ran-at-once", kind=kind)
    if not callable(wrapped):
        raise NotYet("not-callable", got=type(wrapped).__name__)
    left = _run_after_a_response(bench, wrapped, behind, 17, note="urgent")
    seen = report.calls[0].values[0] if report.called and report.calls[0].values else left
    if not task.called:
        if isinstance(seen, TypeError):
            raise NotYet("arguments-lost", error=_words(seen))
        if isinstance(seen, BaseException):
            raise NotYet("wrapper-failed", error=_words(seen))
        raise NotYet("coroutine-lost", kind=kind)
    if left is not None and left is not error:
        raise NotYet("wrapper-failed", error=_words(left))
    if not behind.called:
        raise NotYet("escapes", kind=kind, error=_words(error))
    if task.calls[0].args != (17,) or task.calls[0].kwargs != {"note": "urgent"}:
        raise NotYet("wrong-arguments", got=task.calls[0].values)
    if not report.called:
        raise NotYet("not-reported", kind=kind)
    if report.calls[0].values != (error,):
        raise NotYet("wrong-report", got=", ".join(map(repr, report.calls[0].values)))
    if kind == "def" and task.calls[0].thread == "event loop":
        raise NotYet("sync-on-loop")


def _success_is_left_alone(bench: Bench, guard: Callable[..., Any], kind: str) -> None:
    task = bench.spy("send_invoice", "async" if kind == "async def" else "sync")
    report, behind = bench.spy("report"), bench.spy("next_task")
    _run_after_a_response(bench, bench.call(guard, task, report), behind, 18, note="")
    if report.called:
        raise NotYet("success-reported", kind=kind)


def _run_after_a_response(
    bench: Bench, wrapped: Callable[..., Any], behind: Spy, *args: Any, **kwargs: Any
) -> BaseException | None:
    """What left the tasks, if anything did."""
    app = FastAPI()

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(wrapped, *args, **kwargs)
        tasks.add_task(behind.function)

    with bench.serve(app) as server:
        server.client.post("/")
        server.settle()
        return next(iter(server.errors), None)


def _cancellation_passes(bench: Bench, guard: Callable[..., Any]) -> None:
    report = bench.spy("report")

    async def task() -> None:
        await asyncio.Event().wait()

    wrapped = bench.call(guard, task, report)

    async def cancel_it() -> bool:
        running = asyncio.ensure_future(wrapped())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running], timeout=_PATIENCE)
        return bool(running.cancelled())

    if bench.run(cancel_it) is not True:
        raise NotYet("stops-cancellation")


# retries


class _Flaky:
    """An async `send` with a plan; counts its calls."""

    def __init__(self, *plan: BaseException | Fault) -> None:
        self.plan = plan
        self.calls = 0

    async def send(self, order: str) -> str:
        self.calls += 1
        step = self.plan[min(self.calls, len(self.plan)) - 1] if self.plan else Fault.OK
        if isinstance(step, BaseException):
            raise step
        if step is Fault.HANG:
            await asyncio.Event().wait()
        return f"sent {order}"


@exercise("failure.retry", wants=("with_retries",))
def check_retry(bench: Bench, with_retries: Callable[..., Any]) -> None:
    """Four calls at most, only for what may pass, each with its own limit; the original error at the end."""
    down = ConnectionError("the service is down")
    service, result, error = _try(bench, with_retries, down, down, Fault.OK)
    if service.calls == 1:
        raise NotYet("no-retry", error=_words(error) if error else "nothing")
    if error is not None:
        raise NotYet("gave-up", calls=service.calls, error=_words(error))
    if result != "sent order-1":
        raise NotYet("result-lost", got=_shown(result))

    service, result, error = _try(bench, with_retries, ValueError("no such order"))
    if service.calls > 1:
        raise NotYet("retries-everything", calls=service.calls)
    _is_original(error, "ValueError", result)

    service, result, error = _try(bench, with_retries, down)
    if service.calls != 4:
        raise NotYet("wrong-number", calls=service.calls)
    _is_original(error, "ConnectionError", result)

    service, result, error = _try(bench, with_retries, Fault.HANG, Fault.OK)
    if isinstance(error, _Patience):
        raise NotYet("no-timeout", seconds=_PATIENCE)
    if service.calls == 1 or error is not None:
        raise NotYet("timeout-not-retried", error=_words(error) if error else "nothing")


class _Patience(Exception):
    pass


def _try(
    bench: Bench, with_retries: Callable[..., Any], *plan: BaseException | Fault
) -> tuple[_Flaky, Any, BaseException | None]:
    service = _Flaky(*plan)
    send: Callable[[str], Awaitable[Any]] = bench.call(with_retries, service.send)

    async def attempt() -> tuple[Any, BaseException | None]:
        running = asyncio.ensure_future(_awaited(send))
        done, _ = await asyncio.wait([running], timeout=_PATIENCE)
        if not done:
            running.cancel()
            await asyncio.wait([running], timeout=_PATIENCE)
            return None, _Patience()
        error = running.exception()
        return (None, error) if error else (running.result(), None)

    result, error = bench.run(attempt)
    if isinstance(error, _Patience) and Fault.HANG not in plan:
        raise NotYet("too-slow", calls=service.calls, seconds=_PATIENCE)
    return service, result, error


def _shown(result: Any) -> str:
    if not inspect.iscoroutine(result):
        return repr(result)
    result.close()
    return "a coroutine, which nobody awaited"


async def _awaited(send: Callable[[str], Awaitable[Any]]) -> Any:
    return await send("order-1")


def _is_original(error: BaseException | None, expected: str, result: Any) -> None:
    if error is None:
        raise NotYet("swallowed", expected=expected, got=repr(result))
    if type(error).__name__ == "RetryError":
        raise NotYet("retry-error", expected=expected)
    if type(error).__name__ != expected:
        raise NotYet("other-error", expected=expected, got=_words(error))


# payments


@exercise("failure.once", wants=("build_payment",))
def check_once(bench: Bench, build_payment: Callable[..., Any]) -> None:
    """One key is charged once, also by several threads at the same time; other keys are not disturbed."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "bank.sqlite"
        opened: list[sqlite3.Connection] = []
        barrier: list[threading.Barrier | None] = [None]

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                path, timeout=_LOCK, factory=RacingConnection, check_same_thread=False
            )
            connection.everybody = barrier[0]
            opened.append(connection)
            return connection

        try:
            _table(path, "CREATE TABLE charges (key TEXT, cents INTEGER)")
            pair = bench.call(build_payment, connect)
            if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(map(callable, pair))):
                raise NotYet("not-two", got=type(pair).__name__)
            prepare, pay = pair
            bench.run(prepare)
            _pay_one_after_the_other(bench, pay, path)
            barrier[0] = threading.Barrier(4)
            for connection in opened:
                connection.everybody = barrier[0]  # type: ignore[attr-defined]
            _pay_at_once(bench, pay, path)
        finally:
            opened.clear()


def _table(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path, timeout=5)
    try:
        with connection:
            return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _charges(path: Path, key: str) -> list[int]:
    return [cents for (cents,) in _table(path, f"SELECT cents FROM charges WHERE key = '{key}'")]


def _pay_one_after_the_other(bench: Bench, pay: Callable[..., Any], path: Path) -> None:
    said = [_pay(bench, pay, "a", 500)]
    if not _charges(path, "a"):
        raise NotYet("not-charged")
    said += [_pay(bench, pay, key, cents) for key, cents in (("a", 500), ("b", 700))]
    found = {key: _charges(path, key) for key in "ab"}
    if len(found["a"]) > 1:
        raise NotYet("charged-again", count=len(found["a"]))
    if not found["b"]:
        raise NotYet("other-key-lost")
    if found != {"a": [500], "b": [700]}:
        raise NotYet("wrong-amount", got=found)
    if said != [True, False, True]:
        raise NotYet("wrong-answer", got=said)


def _pay(bench: Bench, pay: Callable[..., Any], key: str, cents: int) -> Any:
    try:
        return bench.run(pay, key, cents)
    except NotYet as miss:
        if "IntegrityError" in str(miss.fields.get("error", "")):
            raise NotYet("duplicate-raises") from miss
        raise


def _pay_at_once(bench: Bench, pay: Callable[..., Any], path: Path) -> None:
    def all_at_once() -> list[Any]:
        with ThreadPoolExecutor(4) as pool:
            return [future.result() for future in [pool.submit(pay, "c", 900) for _ in range(4)]]

    said = bench.run(all_at_once)
    count = len(_charges(path, "c"))
    if count != 1:
        raise NotYet("raced", count=count)
    if sorted(map(bool, said)) != [False, False, False, True]:
        raise NotYet("wrong-answer", got=said)


# the graph


_NEEDS = {"authorise": (), "reserve": (), "invoice": ("authorise",), "pack": ("reserve",)}


@exercise("failure.isolate", wants=("build_shipping",))
def check_isolate(bench: Bench, build_shipping: Callable[..., TaskManager]) -> None:
    """Whatever fails, exactly what needs it is skipped."""
    for failing in (None, *_NEEDS):
        functions = {
            name: bench.spy(name, raises=ValueError(f"no {name}") if name == failing else None).function
            for name in _NEEDS
        }
        report = _report(bench, build_shipping, functions)
        if missing := sorted(set(_NEEDS) - set(report)):
            raise NotYet("task-missing", names=", ".join(missing))
        skipped = {name for name in _NEEDS if report[name].outcome is Outcome.SKIPPED}
        expected = {name for name, needs in _NEEDS.items() if failing in needs}
        if more := sorted(skipped - expected):
            raise NotYet("skipped-too-much", failed=failing, skipped=", ".join(more))
        if less := sorted(expected - skipped):
            raise NotYet("ran-anyway", failed=failing, ran=", ".join(less))


def _report(bench: Bench, build_shipping: Callable[..., Any], functions: Mapping[str, Any]) -> Report:
    manager = bench.call(build_shipping, functions)
    if not isinstance(manager, TaskManager):
        raise NotYet("not-a-manager", got=type(manager).__name__)
    report: Report = bench.run(manager.run)
    if report.error:
        raise NotYet("graph-refused", error=_words(report.error))
    return report


# the storm

_OWN = (TypeError, NameError, AttributeError, LookupError, AssertionError)
"""What no service raises: such an error is one of the program's own."""

_STORM = 5.0  # seconds that all of the orders together may take
_REST = 0.5  # seconds without a call after which none is expected any more
_LEAST = 0.5  # seconds that a shutdown has in any case
_ATTEMPTS = 4


@exercise("failure.storm", wants=("build_shop",))
def check_storm(bench: Bench, build_shop: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """Every accepted order is charged once and sent, whatever the seed; a declined one is buried."""
    _answers_at_once(bench, build_shop)
    seeds = range(8)
    orders = [f"order-{seed}" for seed in seeds]
    bank = Bank(
        {order: Faults.seeded(seed) for order, seed in zip(orders, seeds, strict=True)}
        | {"order-3": Faults.first(3), "order-4": Faults.first(3, Fault.LOST)},
        declined=frozenset(["no-money"]),
    )
    post = Post(
        {order: Faults.seeded(seed + 100) for order, seed in zip(orders, seeds, strict=True)}
        | {"order-5": Faults.first(3)},
        bank,
    )
    dead = bench.spy("dead")
    app = bench.call(build_shop, bank, post, dead, Declined)
    with bench.serve(app) as server:
        pending = [server.submit("POST", "/orders", json={"id": order}) for order in [*orders, "no-money"]]
        for request in pending:
            bench.expect(request.result(), 202)
        _comes_to_an_end(server, bank, post, lambda: _undone(orders, post, dead))
        errors = server.errors
    if broken := [error for error in errors if isinstance(error, _OWN)]:
        raise NotYet("broken", error=_words(broken[0]))
    _declined_is_buried(bank, post, dead)
    for order in orders:
        _is_charged(order, bank, dead)
    for order in orders:
        if not post.sent[order]:
            raise NotYet("not-sent", order=order, calls=post.calls[order])
    if errors:
        raise NotYet("escaped", error=_words(errors[0]))
    return {"count": len(orders)}


def _answers_at_once(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    gate = bench.gate("the bank")
    bank = Bank({}, gate=gate)
    app = bench.call(build_shop, bank, Post({}, bank), bench.spy("dead"), Declined)
    with bench.serve(app) as server:
        pending = server.submit("POST", "/orders", json={"id": "order-0"})
        try:
            bench.expect(pending.result(timeout=1.5), 202)
        except NotYet:
            raise
        except Exception:
            raise NotYet("client-waits") from None
        finally:
            gate.open()
        server.settle(timeout=3)


def _undone(orders: list[str], post: Post, dead: Spy) -> list[str]:
    buried = [call.values for call in dead.calls]
    return [order for order in orders if not post.sent[order] and (order,) not in buried]


def _comes_to_an_end(server: Server, bank: Bank, post: Post, undone: Callable[[], list[str]]) -> None:
    """Wait for the tasks, then for a worker of the shop's own, be it at work or finishing at shutdown."""
    end = time.monotonic() + _STORM
    try:
        server.settle(_STORM)
    except SettleTimeout:
        _is_not_pausing(bank, post)
        raise
    calls, last = 0, time.monotonic()
    while undone() and time.monotonic() < min(end, last + _REST):
        if calls != (calls := bank.calls.total() + post.calls.total()):
            last = time.monotonic()
        time.sleep(0.02)
    server.stop(grace=max(_LEAST, end - time.monotonic()))
    if time.monotonic() >= end:
        _is_not_pausing(bank, post)


def _is_not_pausing(bank: Bank, post: Post) -> None:
    for service in (bank, post):
        for order in sorted(service.failures.orders):
            if service.calls[order] < _ATTEMPTS:
                raise NotYet("long-pauses", order=order, calls=service.calls[order], seconds=f"{_STORM:g}")


def _declined_is_buried(bank: Bank, post: Post, dead: Spy) -> None:
    if bank.calls["no-money"] > 1:
        raise NotYet("declined-retried", calls=bank.calls["no-money"])
    if post.sent["no-money"] or post.unpaid:
        raise NotYet("sent-unpaid", order=(post.unpaid or ["no-money"])[0])
    if ("no-money",) not in [call.values for call in dead.calls]:
        raise NotYet("declined-forgotten")


def _is_charged(order: str, bank: Bank, dead: Spy) -> None:
    keys = bank.charged[order]
    if (order,) in [call.values for call in dead.calls]:
        raise NotYet("buried-alive", order=order)
    if not keys:
        raise NotYet("not-charged", order=order, calls=bank.calls[order])
    if len(keys) > 1:
        raise NotYet("charged-twice", order=order, count=len(keys), keys=", ".join(sorted(keys)))
