"""The checks of lesson 06: a test is judged by what it says about right apps, and about broken ones."""

import contextlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from course.lessons.testing_and_debugging.mutants import FAULTS, build_other
from course.lessons.testing_and_debugging.orders import build_orders
from course.lessons.testing_and_debugging.shop import OrderShop
from course.live.testing import Tested, TestRun, run_tests
from course.practice import Bench, NotYet, exercise

_QUICK_SECONDS = 0.5
_SLOW_SECONDS = 0.6
_SOONER_SECONDS = 0.45
_QUICK_DAYS = 4


def _reason(test: Tested) -> str:
    words = " ".join(test.message.split()).replace("`", "'")
    return f"`{words if len(words) <= 150 else words[:149] + '…'}`"


# the override


class _Mailer:
    """Stands for the real one."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, to: str) -> None:
        self.sent.append(to)


@exercise("testing.override", wants=("replace_mailer",))
def check_override(bench: Bench, replace_mailer: Callable[..., Any]) -> None:
    """While the fixture is open its fake gets the mail; afterwards everything is as before."""
    real = _Mailer()
    app, get_mailer, get_shop = _app_with_mailer(real)
    others: dict[Callable[..., Any], Callable[..., Any]] = {get_shop: lambda: "the fixture's shop"}
    app.dependency_overrides.update(others)
    plain = inspect.unwrap(replace_mailer)  # it may carry @pytest.fixture
    fixture = bench.call(plain, app, get_mailer)
    with _opened(bench, fixture) as fake:
        if not hasattr(fake, "sent"):
            raise NotYet("not-yielded", got=type(fake).__name__)
        with bench.serve(app) as server:
            reply = server.client.post("/orders", params={"email": "ada@example.org"})
            server.settle()
            errors = server.errors
        if real.sent:
            raise NotYet("real-called")
        if reply.status_code == 500 or errors:
            words = f"{type(errors[0]).__name__}: {errors[0]}" if errors else "500"
            raise NotYet("not-callable", error=re.sub(r" at 0x[0-9a-fA-F]+", "", words))
        bench.expect(reply, 202)
        if list(fake.sent) != ["ada@example.org"]:
            raise NotYet("other-instance", got=list(fake.sent))
        if reply.json() != "the fixture's shop":
            raise NotYet("others-removed", when="while yours was open")
    if get_mailer in app.dependency_overrides:
        raise NotYet("not-restored")
    if app.dependency_overrides != others:
        raise NotYet("others-removed", when="when yours was closed")


def _app_with_mailer(real: _Mailer) -> tuple[FastAPI, Callable[[], _Mailer], Callable[[], str]]:
    def get_mailer() -> _Mailer:
        return real

    def get_shop() -> str:
        return "the shop"

    app = FastAPI()

    @app.post("/orders", status_code=202)
    def order(
        email: str,
        mailer: Annotated[_Mailer, Depends(get_mailer)],
        shop: Annotated[str, Depends(get_shop)],
        tasks: BackgroundTasks,
    ) -> str:
        tasks.add_task(mailer.send, email)
        return shop

    return app, get_mailer, get_shop


@contextlib.contextmanager
def _opened(bench: Bench, fixture: Any) -> Iterator[Any]:
    """What the fixture yields; it is closed at the end, as pytest does it."""
    if hasattr(fixture, "__enter__"):
        with fixture as fake:
            yield fake
        return
    if not hasattr(fixture, "__next__"):
        raise NotYet("not-a-generator", got=type(fixture).__name__)
    yield bench.run(lambda: next(fixture, None))
    if bench.run(lambda: next(fixture, _END)) is not _END:
        raise NotYet("yields-twice")


_END = object()


# the flaky test


@exercise("testing.flaky", wants=("test_mail_follows",))
def check_flaky(bench: Bench, test_mail_follows: Callable[..., Any]) -> None:
    """Green on a quick and on a slow day; red for an app that is silent, wrong, or lets the client wait."""
    quick, slow = _test_on(test_mail_follows, {"quick": _quick, "slow": _slow})
    if quick.outcome == "skipped":
        raise NotYet("skipped")
    if quick.outcome != "passed":
        raise NotYet("red-when-quick", error=_reason(quick))
    if _on_silent_app(bench, test_mail_follows).outcome == "passed":
        raise NotYet("blind-to-silence")
    if slow.outcome != "passed":
        raise NotYet("red-when-slow", error=_reason(slow))
    if _always_waits(test_mail_follows, quick, slow):
        raise NotYet("always-waits")
    misled, inline = _test_on(test_mail_follows, {"wrong-address": _misled, "inline": _inline})
    if misled.outcome == "passed":
        raise NotYet("blind-to-address")
    if inline.outcome == "passed":
        raise NotYet("blind-to-order")


def _always_waits(test: Callable[..., Any], quick: Tested, slow: Tested) -> bool:
    """Whether it is never quick, nor much quicker than on a slow day; a busy machine delays some."""
    for left in reversed(range(_QUICK_DAYS)):
        if (
            min(quick.seconds, slow.seconds) <= _QUICK_SECONDS
            or quick.seconds < slow.seconds - _SOONER_SECONDS
        ):
            return False
        if left:
            (quick,) = _test_on(test, {"quick": _quick})
    return True


def _on_silent_app(bench: Bench, test: Callable[..., Any]) -> Tested:
    def run() -> Tested:
        return _test_on(test, {"silent": _silent})[0]

    try:
        silent: Tested = bench.call(run)
    except NotYet as miss:
        if miss.miss == "engine.endless-call":
            raise NotYet("waits-for-ever") from miss
        raise
    return silent


def _quick() -> OrderShop:
    return OrderShop()


def _slow() -> OrderShop:
    return OrderShop(delay=_SLOW_SECONDS)


def _silent() -> OrderShop:
    return OrderShop(FAULTS["silent"])


def _misled() -> OrderShop:
    return OrderShop(_mails_somebody_else)


def _inline() -> OrderShop:
    return OrderShop(FAULTS["inline"])


def _mails_somebody_else(mailer: Any, ledger: list[int]) -> FastAPI:
    class Misled:
        def send(self, to: str, number: int) -> None:
            mailer.send(to.replace("ada", "bob"), number)

    return build_orders(Misled(), ledger)


def _test_on(test: Callable[..., Any], shops: Mapping[str, Callable[[], OrderShop]]) -> list[Tested]:
    """What becomes of the test with ``server`` and ``mailer`` of each of the shops."""

    @pytest.fixture(params=list(shops), autouse=True)
    def shop(request: pytest.FixtureRequest) -> OrderShop:
        return shops[request.param]()

    @pytest.fixture
    def server(shop: OrderShop) -> Iterator[Any]:
        with shop.serve() as running:
            yield running

    @pytest.fixture
    def mailer(shop: OrderShop) -> Any:
        return shop.mailer

    run = run_tests(test, fixtures={"shop": shop, "server": server, "mailer": mailer})
    if not run:
        raise NotYet("no-test")
    return [next(each for each in run if each.parameters.get("shop", name) == name) for name in shops]


# the mutants


@exercise("testing.mutants", wants=("TestOrders",))
def check_mutants(bench: Bench, TestOrders: type) -> Mapping[str, Any]:  # noqa: ARG001
    """Green for two right apps, and red for each of ten broken ones."""
    run = _run_on_each(TestOrders, {"right": build_orders, "other": build_other})
    if not run:
        raise NotYet("no-tests")
    if all(test.outcome == "skipped" for test in run):
        raise NotYet("skipped")
    for build, miss in (("right", "red-when-right"), ("other", "too-narrow")):
        for test in _of(run, build):
            if test.outcome in ("failed", "error"):
                raise NotYet(miss, test=_short(test), error=_reason(test))
    tests = len(_of(run, "right"))
    run = _run_on_each(TestOrders, FAULTS)
    alive = [fault for fault in FAULTS if not any(t.outcome in ("failed", "error") for t in _of(run, fault))]
    if alive:
        raise NotYet(f"survived-{alive[0]}", caught=len(FAULTS) - len(alive), all=len(FAULTS))
    return {"tests": tests, "all": len(FAULTS)}


def _run_on_each(tests: type, builds: Mapping[str, Callable[..., FastAPI]]) -> TestRun:
    @pytest.fixture(params=list(builds))
    def shop(request: pytest.FixtureRequest) -> OrderShop:
        return OrderShop(builds[request.param])

    return run_tests(tests, fixtures={"shop": shop}, once_red="shop")


def _of(run: Iterable[Tested], build: str) -> list[Tested]:
    """The tests of that app; those that use none count for each."""
    return [test for test in run if test.parameters.get("shop", build) == build]


def _short(test: Tested) -> str:
    return test.name.rpartition("::")[2].partition("[")[0]


# the spans


@exercise("testing.spans", wants=("failed_tasks",))
def check_spans(bench: Bench, failed_tasks: Callable[..., Any]) -> None:
    """Each failed task with the request that left it, from nothing but spans."""
    spans = _spans(bench)
    expected = [
        ("mail", "POST /orders/{number}", "ConnectionError"),
        ("mail", "POST /refunds", "TimeoutError"),
    ]
    nothing = bench.run(failed_tasks, [])
    if isinstance(nothing, str) or not isinstance(nothing, Iterable) or list(nothing):
        raise NotYet("not-empty")
    for given in (spans, list(reversed(spans))):
        got = bench.run(failed_tasks, given)
        _look_at(got, expected)


def _look_at(got: Any, expected: list[tuple[str, str, str]]) -> None:
    try:
        found = sorted(tuple(map(str, each)) for each in got)
        assert all(len(each) == 3 for each in found)
    except (TypeError, AssertionError):
        raise NotYet("wrong-shape", got=type(got).__name__) from None
    if found == expected:
        return
    names = {name for name, _, _ in found}
    if names & {"stock", "endless"}:
        raise NotYet("succeeded-too", name=next(iter(names & {"stock", "endless"})))
    if any(error == "ValueError" for _, _, error in found):
        raise NotYet("endpoints-too")
    if any("." in name for name in names):
        raise NotYet("long-name", got=min(name for name in names if "." in name))
    if len(found) < len(expected):
        raise NotYet("missed", count=len(found), expected=len(expected))
    if {(name, error) for name, _, error in found} == {(name, error) for name, _, error in expected}:
        raise NotYet("wrong-request", got=found[0][1], error=found[0][2])
    raise NotYet("something-else", got=found[0], expected=expected[0])


def _spans(bench: Bench) -> list[ReadableSpan]:
    """Spans of four requests: two whose task fails, one where all goes well, one whose endpoint fails."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider})
    gate = bench.gate("mail")

    async def mail(error: Exception | None) -> None:
        await gate.wait_async()
        if error:
            raise error

    def stock() -> None: ...

    @app.post("/orders/{number}")
    async def order(number: int, tasks: BackgroundTasks) -> None:
        tasks.add_task(stock)
        tasks.add_task(mail, ConnectionError("down") if number == 1 else None)

    @app.post("/refunds")
    async def refund(tasks: BackgroundTasks) -> None:
        tasks.add_task(mail, TimeoutError())

    @app.post("/broken")
    async def broken() -> None:
        raise ValueError("a bug")

    with bench.serve(app) as server:
        for path in ("/orders/1", "/refunds", "/orders/2", "/broken"):
            server.submit("POST", path).result()
        gate.open()
        server.settle()
    return list(exporter.get_finished_spans())
