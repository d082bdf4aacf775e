"""The checks of lesson 08: a test is judged by what it says about right apps, and about broken ones."""

import contextlib
import functools
import inspect
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import httpx
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, set_span_in_context

from course.lessons.testing_and_debugging.day import Day, real_sleep
from course.lessons.testing_and_debugging.mutants import FAULTS, build_other, build_third
from course.lessons.testing_and_debugging.orders import build_orders
from course.lessons.testing_and_debugging.shop import Build, FakeMailer, OrderShop
from course.live import Server, SettleTimeout
from course.live.signature import unwrapped
from course.live.testing import Tested, TestRun, run_tests
from course.practice import Bench, NotYet, exercise
from course.words import say


def _short(value: Any, limit: int = 120) -> str:
    """A value as it is written, without what differs between runs, and not too long."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    return text if len(text) <= limit else f"{text[:limit]}…"


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
    app, get_mailer, get_shop, get_day = _app_with_mailer(real)
    plain = unwrapped(replace_mailer)  # it may carry @pytest.fixture
    overrides = app.dependency_overrides
    overrides[get_shop] = lambda: "the fixture's shop"
    with _opened(bench, bench.call(plain, app, get_mailer)) as fake:
        mails = _mails_of(fake)
        _order(bench, app, real, fake, ["ada@example.org", "bob@example.org"])
        _has(app, {get_shop: "get_shop"}, say("while yours was open"))
        app.dependency_overrides[get_day] = lambda: "a day of another fixture"
    if get_mailer in app.dependency_overrides and get_day not in app.dependency_overrides:
        raise NotYet("removed-another")
    _is_not_overridden(app, get_mailer, "not-restored")
    _has(app, {get_shop: "get_shop", get_day: "get_day"}, say("when yours was closed"))
    _keeps_the_dictionary(app, overrides)
    bench.begin_part()
    with _opened(bench, bench.call(plain, app, get_mailer)) as unused:
        _mails_of(unused)
    _is_not_overridden(app, get_mailer, "not-restored-unused")
    bench.begin_part()
    with _opened(bench, bench.call(plain, app, get_mailer)) as again:
        if _mails_of(again):
            raise NotYet("old-mails", got=_short(_mails_of(again)))
        if again is fake or _mails_of(again) is mails:
            raise NotYet("same-fake")
        _order(bench, app, real, again, ["cleo@example.org"])
        del app.dependency_overrides[get_day]
    _is_not_overridden(app, get_mailer, "not-restored")
    if get_day in app.dependency_overrides:
        raise NotYet("others-back")
    _has(app, {get_shop: "get_shop"}, say("when yours was closed"))
    bench.begin_part()
    _two_at_once(bench, plain)


def _two_at_once(bench: Bench, replace_mailer: Callable[..., Any]) -> None:
    """Open for two apps that share the provider: each app mails to its own fake."""
    first, get_mailer, get_shop, get_day = _app_with_mailer(_Mailer())
    second = _shop_with(get_mailer, get_shop, get_day)
    with (
        _opened(bench, bench.call(replace_mailer, first, get_mailer)) as fake,
        _opened(bench, bench.call(replace_mailer, second, get_mailer)) as other,
    ):
        with bench.serve(first) as server:
            server.client.post("/orders", params={"email": "dan@example.org"})
            bench.settle()
        if _mails_of(other) or _mails_of(fake) != ["dan@example.org"]:
            raise NotYet("two-at-once", got=_short(_mails_of(fake)), other=_short(_mails_of(other)))


def _mails_of(fake: Any) -> list[Any]:
    sent = getattr(fake, "sent", None)
    if not isinstance(sent, list):
        raise NotYet("not-yielded", got=type(fake).__name__)
    return sent


def _order(bench: Bench, app: FastAPI, real: _Mailer, fake: Any, emails: list[str]) -> None:
    with bench.serve(app) as server:
        for email in emails:
            reply = server.client.post("/orders", params={"email": email})
            bench.settle()
            errors = server.errors
            if real.sent:
                raise NotYet("real-called")
            if reply.status_code == 500 or errors:
                words = f"{type(errors[0]).__name__}: {errors[0]}" if errors else "500"
                raise NotYet("not-callable", error=re.sub(r" at 0x[0-9a-fA-F]+", "", words)[:150])
            if reply.status_code == 422:  # all that the endpoint asks for was given
                raise NotYet("override-asks", name=str(reply.json()["detail"][0]["loc"][-1]))
            bench.expect(reply, 202)
    if _mails_of(fake) == emails[-1:] and emails[1:]:
        raise NotYet("only-the-last", got=_short(_mails_of(fake)), wanted=_short(emails))
    if _mails_of(fake) != emails:
        raise NotYet("other-instance", got=_short(_mails_of(fake)), wanted=_short(emails))


def _is_not_overridden(app: FastAPI, get_mailer: Callable[..., Any], miss: str) -> None:
    if get_mailer in app.dependency_overrides:
        left = app.dependency_overrides[get_mailer]
        raise NotYet("overridden-by-itself" if left is get_mailer else "none-left" if left is None else miss)


def _has(app: FastAPI, others: Mapping[Callable[..., Any], str], when: str) -> None:
    for provider, name in others.items():
        if provider not in app.dependency_overrides:
            raise NotYet("others-removed", name=name, when=when)


def _keeps_the_dictionary(app: FastAPI, overrides: object) -> None:
    if app.dependency_overrides is not overrides:
        raise NotYet("other-dictionary")


def _app_with_mailer(
    real: _Mailer,
) -> tuple[FastAPI, Callable[[], _Mailer], Callable[[], str], Callable[[], str]]:
    def get_mailer() -> _Mailer:
        return real

    def get_shop() -> str:
        return "the shop"

    def get_day() -> str:
        return "today"

    return _shop_with(get_mailer, get_shop, get_day), get_mailer, get_shop, get_day


def _shop_with(
    get_mailer: Callable[[], _Mailer], get_shop: Callable[[], str], get_day: Callable[[], str]
) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=202)
    def order(
        email: str,
        mailer: Annotated[_Mailer, Depends(get_mailer)],
        shop: Annotated[str, Depends(get_shop)],
        day: Annotated[str, Depends(get_day)],
        tasks: BackgroundTasks,
    ) -> list[str]:
        tasks.add_task(mailer.send, email)
        return [shop, day]

    return app


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


_PATIENT = 60.0  # seconds that one test may take on one app: a red one may wait for what never comes
_SLOW_DAY = 1.0  # seconds that a mail takes on a slow day, by the clock of the test
_BEGINS_LATE = 0.2  # of these, the seconds before the mailer is called
_SLOW_MAIL = 1.6  # seconds of one, on the slow day of a whole class of tests; mails are slower than answers
_SLOW_ANSWER = 0.6
_SLEPT = 0.2  # seconds that a test may have slept when everything had happened at once
_WAITED = 2.0  # seconds that it may have slept beside a thread of its own, which is slow on a busy machine
_LONG = 1e6  # seconds; the check opens every gate
_PIECE = 0.002  # seconds that the bench waits at once
_LOOKS = 2000  # so often it looks whether all has come to rest; what never does is the test's own affair


class _DayMailer(FakeMailer):
    """On a quick day all that can happen has happened when the test goes on; on a slow one, nothing.

    Args:
        day: the test's.
        slow: seconds that a mail of the server takes, by the clock of the test; 0 on a quick day.
        in_turn: whether of several mails the first to come is the first to go out. If not, it is the last
            on a slow day, and any on a quick one.
    """

    def __init__(self, day: Day, slow: float, *, in_turn: bool = False) -> None:
        super().__init__()
        self._in_turn = in_turn
        self.server: Server | None = None
        self.transport: _Transport | None = None
        self.released_early = False  # before a client had its answer
        self._until: float | None = None
        self._released_at = 0.0  # a jump of the clock may be longer than what is left until a mail is out
        self.slow = slow
        self._day = day
        self._begun = threading.local()
        self._calls: list[object] = []  # of a slow day, or of one on which mails go out in turn
        self._row: list[object] = []  # those of them that are at work, in the order in which they came

    def hold(self) -> None:
        super().hold()
        self._row = []

    def begin(self, server: Server) -> None:
        """The server of the shop has started."""
        self.server, self._calls = server, []

    def send(self, to: str, number: int) -> None:
        if not self._is_slow_or_in_turn:
            super().send(to, number)
            return
        row, call = self._row, object()
        row.append(call)
        self._begun.at, self._begun.held = self._day.now(), not self._gate.is_open
        self._begun.row, self._begun.call = row, call
        try:
            if self._is_slow:
                self._begin_late()
            super().send(to, number)
        finally:
            row.remove(call)

    def _begin_late(self) -> None:
        self._calls.append(self._begun.call)
        self._waiting += 1
        try:
            self._pass_slowly(self._begun.at + _BEGINS_LATE)
        finally:
            self._waiting -= 1

    @property
    def _is_slow(self) -> bool:
        return self.slow > 0 and self.server is not None

    def release(self) -> None:
        self.released_early |= not self._gate.is_open and self.server is not None and _waits(self.server)
        self._released_at = self._day.now()
        super().release()
        self.rest()

    def rest(self) -> bool:
        """Wait until nothing more happens by itself. True if something will, later or after a release."""
        for _ in range(_LOOKS):
            if self._nothing_more_happens():
                break
            real_sleep(_PIECE)
        return self._is_late or not self._gate.is_open

    def _nothing_more_happens(self) -> bool:
        if self.server is None or not self.server.running or self._held:
            return True
        try:
            self.server.settle(timeout=0)
        except SettleTimeout:
            return False
        return True

    @property
    def _held(self) -> bool:
        late = self._is_late or not self._gate.is_open
        return self._waiting > 0 and late and (not self._is_slow_or_in_turn or self._all_have_called)

    @property
    def _is_slow_or_in_turn(self) -> bool:
        return self._is_slow or self._in_turn

    @property
    def _all_have_called(self) -> bool:
        """Whether each order has been answered, whoever has sent it, and each that was accepted is a call."""
        if self.server is None or _waits(self.server):
            return False
        notes = self.server._recorder.notes
        accepted = sum(note.kind == "response_started" and note.text == "202" for note in list(notes))
        return len(self._calls) >= accepted

    @property
    def _is_late(self) -> bool:
        return self._until is not None and self._day.now() < self._until

    def _wait(self) -> None:
        if not self._is_slow_or_in_turn:
            super()._wait()
            return
        begun = self._begun
        if begun.call not in self._calls:
            self._calls.append(begun.call)
        super()._wait()
        late = _BEGINS_LATE if begun.held and self._is_slow else 0.0
        self._pass_slowly(max(begun.at + late, self._released_at if begun.held else 0.0) + self.slow)
        first = 0 if self._in_turn else -1
        while begun.row[first] is not begun.call and self._is_slow_or_in_turn:
            real_sleep(_PIECE)

    def _pass_slowly(self, until: float) -> None:
        self._until = max(until, self._until or 0)
        while self._is_slow and self._day.now() < until and self._day.patient_until < until:
            real_sleep(_PIECE)


def _waits(server: Server) -> bool:
    """Whether a request to this server has no answer yet, whoever has sent it."""
    recorder = server._recorder
    answered = {note.request for note in list(recorder.notes) if note.kind == "response_complete"}
    return any(what != "task" and number not in answered for what, number in recorder.running())


class _Transport(httpx.BaseTransport):
    """What a client sends through; ``gave_up`` if the answer to one of its requests did not come."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport
        self.gave_up = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._transport.handle_request(request)
        except httpx.TimeoutException:
            self.gave_up = True
            raise

    def close(self) -> None:
        self._transport.close()


class _DayShop(OrderShop):
    """A shop on such a day."""

    def __init__(self, build: Build, mailer: _DayMailer, day: Day, answer: float = 0) -> None:
        super().__init__(build, mailer)
        self._day_mailer = mailer
        self._day = day
        self._answer = answer  # seconds that one takes, by the clock of the test

    @contextlib.contextmanager
    def serve(self) -> Iterator[Server]:
        with contextlib.ExitStack() as stack:
            with self._day.our_own():
                server = stack.enter_context(super().serve())
            self._day_mailer.begin(server)
            self._day_mailer.transport = server.client._transport = _Transport(server.client._transport)
            server.settle = self._settling(server.settle)  # type: ignore[method-assign]
            server.client.event_hooks = {
                "request": [lambda _: self._day.stand()],
                "response": [self._has_answered],
            }
            try:
                yield server
            finally:
                self._day_mailer.server = None

    def _has_answered(self, _: httpx.Response) -> None:
        self._day_mailer.rest()
        self._day.go_on()
        self._day.skip(self._answer)

    def _settling(self, settle: Callable[..., None]) -> Callable[..., None]:
        def settled(timeout: float = 10) -> None:
            self._day.go_on()
            self._day.patient_until = self._day.now() + timeout if timeout > 0 else 0.0
            try:
                settle(timeout)
            finally:
                self._day.patient_until = 0.0

        return settled


@exercise("testing.flaky", wants=("test_mail_follows",))
def check_flaky(bench: Bench, test_mail_follows: Callable[..., Any]) -> None:
    """Green on a quick and on a slow day; red for an app that is silent, wrong, or lets the client wait."""
    if not inspect.isfunction(test_mail_follows):
        raise NotYet("no-test")
    quick, day = _test_on(bench, test_mail_follows, build_orders)
    if quick.outcome == "skipped":
        raise NotYet("skipped")
    if quick.outcome != "passed":
        raise NotYet("red-when-quick", error=_reason(quick))
    for build, miss in (
        (FAULTS["silent"], "blind-to-silence"),
        (_mails(_bobs), "blind-to-address"),
    ):
        if _test_on(bench, test_mail_follows, build)[0].outcome in ("passed", "skipped"):
            raise NotYet(miss)
    for whom, build in _mails_somebody_too().items():
        if _test_on(bench, test_mail_follows, build)[0].outcome in ("passed", "skipped"):
            raise NotYet("blind-to-others", whom=whom)
    slow, slow_day = _test_on(bench, test_mail_follows, build_orders, slow=_SLOW_DAY)
    if slow.outcome != "passed":
        raise NotYet("red-when-slow", error=_reason(slow))
    if day.slept > _SLEPT or day.waited > _WAITED:
        raise NotYet("always-waits", slept=f"{day.slept + day.waited:.2g}")
    late, _ = _test_on(bench, test_mail_follows, _mails(_hers, _bobs), slow=_SLOW_DAY)
    if late.outcome in ("passed", "skipped"):
        raise NotYet("blind-to-later")
    inline, inline_day = _test_on(bench, test_mail_follows, FAULTS["inline"])
    if inline.outcome in ("passed", "skipped"):
        raise NotYet(inline_day.why_blind_to_order)
    if needless := _needless(day, slow_day):
        raise NotYet("sleeps-anyway", slept=f"{needless:.2g}")


def _needless(quick: Day, slow: Day) -> float:
    """Seconds that a test sleeps on every day: with nothing to wait for, or no longer on a slow one."""
    if slow.needless or slow.slept <= quick.needless:
        return slow.needless or quick.needless
    return 0.0


_Mail = Callable[[str, int], tuple[str, int]]
"""Whom an app mails, and about which order, instead of whom and what it should."""


def _mails(*each: _Mail) -> Build:
    """An app that sends these instead of each mail, one after the other."""

    def build(mailer: Any, ledger: list[int]) -> FastAPI:
        class Misled:
            def send(self, to: str, number: int) -> None:
                for mail in each:
                    mailer.send(*mail(to, number))

        return build_orders(Misled(), ledger)

    return build


def _hers(to: str, number: int) -> tuple[str, int]:
    return to, number


def _bobs(to: str, number: int) -> tuple[str, int]:
    return to.replace("ada", "bob"), number


def _mails_somebody_too() -> dict[str, Build]:
    """Apps that mail another one besides her: whom, for a message."""
    return {
        say("bob"): _mails(_bobs, _hers),
        say("bob, about another order"): _mails(lambda to, number: _bobs(to, number + 1), _hers),
        say("another ada, at another host"): _mails(lambda to, number: (f"{to}.net", number), _hers),
    }


def _test_on(bench: Bench, test: Callable[..., Any], build: Build, slow: float = 0) -> tuple[Tested, Day]:
    """What becomes of the test with ``server`` and ``mailer`` of a shop, and the day that it had."""
    bench.begin_part(_PATIENT)
    day = Day(test)
    mailer = _DayMailer(day, slow)
    shop = _DayShop(build, mailer, day)

    @pytest.fixture(name="server")
    def server_of(request: pytest.FixtureRequest) -> Iterator[Any]:
        with shop.serve() as running, day.passing(mailer.rest, request.function):
            yield running

    @pytest.fixture(name="mailer")
    def mailer_of() -> Any:
        return mailer

    @pytest.fixture(name="shop")
    def shop_of() -> Any:
        return shop

    run = run_tests(test, fixtures={"server": server_of, "mailer": mailer_of, "shop": shop_of})
    if not run:
        raise NotYet("no-test")
    if day.waits_for_ever:
        raise NotYet("waits-for-ever")
    if mailer.transport is not None and mailer.transport.gave_up:
        day.why_blind_to_order = "time-out-caught"
    elif mailer.released_early:
        day.why_blind_to_order = "released-early"
    return run[0], day


# the mutants


@exercise("testing.mutants", wants=("TestOrders",))
def check_mutants(bench: Bench, TestOrders: type) -> Mapping[str, Any]:
    """Green for right apps, whenever they come, and red for each of the broken ones."""
    if not isinstance(TestOrders, type):
        raise NotYet("no-tests")
    shops = {
        "quick": _quick_shop_of(build_orders),
        "again": _quick_shop_of(build_orders),
        "right": _shop_of(build_orders),
        "other": _shop_of(build_other),
        "third": _quick_shop_of(build_third),
    }
    run = _run_on_each(bench, TestOrders, shops)
    if not run:
        raise NotYet("no-tests")
    if all(test.outcome == "skipped" for test in run):
        raise NotYet("skipped")
    misses = ("red-when-right", "remembers", "red-when-right", "too-narrow", "narrow-again")
    alarms = dict(zip(shops, misses, strict=True))
    try:
        _no_false_alarm(run, alarms)
    except NotYet:
        if not all(_red_on(run, each) for each in ("quick", "again", "right")):  # three times the same app
            _depends_on_the_day(bench, TestOrders)
        elif not _red_on(_run_on_each(bench, TestOrders, {"in turn": _quick_shop_in_turn}), "in turn"):
            _no_false_alarm(run, dict.fromkeys(shops, "order-of-mails"))
        if not _red_on(run, "quick"):
            run_again = _run_on_each(bench, TestOrders, {"quick": shops["quick"]})
            _no_false_alarm(run_again, {"quick": "remembers"})
        raise
    _depends_on_the_day(bench, TestOrders)
    tests = len(_of(run, "right"))
    run = _run_on_each(bench, TestOrders, {fault: _shop_of(build) for fault, build in FAULTS.items()})
    alive = [fault for fault in FAULTS if not _red_on(run, fault)]
    if alive:
        raise NotYet(f"survived-{alive[0]}", caught=len(FAULTS) - len(alive), all=len(FAULTS))
    run = _run_on_each(bench, TestOrders, dict(reversed(shops.items())))
    _no_false_alarm(run, dict.fromkeys(shops, "remembers"))
    return {"tests": tests, "all": len(FAULTS)}


def _depends_on_the_day(bench: Bench, tests: type) -> None:
    """Red on a slow day, and green on a quick one, or on a slow one whose mails go out in turn."""
    if _red_on(slow := _run_on_a_slow_day(bench, tests), "slow"):
        if not _red_on(_run_on_a_slow_day(bench, tests, in_turn=True), "slow"):
            _no_false_alarm(slow, {"slow": "order-of-mails"})
        quick = _run_on_each(bench, tests, {"quick": _quick_shop_of(build_orders)})
        if not _red_on(quick, "quick"):
            _no_false_alarm(slow, {"slow": "red-when-slow"})


def _run_on_a_slow_day(bench: Bench, tests: type, *, in_turn: bool = False) -> TestRun:
    """With the right app, once; nobody waits for anything that the tests sleep away."""

    @pytest.fixture(params=["slow"])
    def shop(request: pytest.FixtureRequest) -> Iterator[OrderShop]:
        bench.begin_part(_PATIENT)
        day = Day(tests)
        mailer = _DayMailer(day, _SLOW_MAIL, in_turn=in_turn)
        with day.passing(mailer.rest, request.function):
            yield _DayShop(build_orders, mailer, day, _SLOW_ANSWER)

    return run_tests(tests, fixtures={"shop": shop}, once_red="shop")


def _shop_of(build: Build) -> Callable[[], OrderShop]:
    return lambda: OrderShop(build)


def _quick_shop_in_turn() -> OrderShop:
    """The right app on a quick day, with mails that go out in the order in which they came."""
    day = Day(_quick_shop_in_turn)
    return _DayShop(build_orders, _DayMailer(day, slow=0, in_turn=True), day)


def _quick_shop_of(build: Build) -> Callable[[], OrderShop]:
    """All that can happen has happened when a client of its server has its answer."""

    def shop() -> OrderShop:
        day = Day(shop)
        return _DayShop(build, _DayMailer(day, slow=0), day)

    return shop


def _no_false_alarm(run: TestRun, misses: Mapping[str, str]) -> None:
    for build, miss in misses.items():
        for test in _red_on(run, build):
            raise NotYet(miss, test=_test_name(test), error=_reason(test))


def _red_on(run: TestRun, build: str) -> list[Tested]:
    return [test for test in _of(run, build) if test.outcome in ("failed", "error")]


def _run_on_each(bench: Bench, tests: type, shops: Mapping[str, Callable[[], OrderShop]]) -> TestRun:
    @pytest.fixture(params=list(shops))
    def shop(request: pytest.FixtureRequest) -> OrderShop:
        bench.begin_part(_PATIENT)
        return shops[request.param]()

    return run_tests(tests, fixtures={"shop": shop}, once_red="shop")


def _of(run: Iterable[Tested], build: str) -> list[Tested]:
    """The tests of that app; those that use none count for each."""
    return [test for test in run if test.parameters.get("shop", build) == build]


def _test_name(test: Tested) -> str:
    return test.name.rpartition("::")[2].partition("[")[0]


# the spans


@exercise("testing.spans", wants=("failed_tasks",))
def check_spans(bench: Bench, failed_tasks: Callable[..., Any]) -> None:
    """Each failed task with the request that left it, from nothing but spans."""
    spans = _spans(bench)
    expected = [
        ("mail", "POST /orders/{number}", "ConnectionError"),
        ("notify", "POST /refunds", "KeyError"),
        ("mail", "POST /orders/{number}", "ConnectionError"),
        ("mail", "POST /refunds", "TimeoutError"),
        ("load", "PUT /imports", _DOTTED),
        ("load", "PUT /imports", _DOTTED),
        *(("refresh", request, error) for request, error in _LONGER.items()),
    ]
    look = _telling_what_is_missing(failed_tasks)
    nothing = bench.run(look, [])
    if isinstance(nothing, str) or not isinstance(nothing, Iterable) or list(nothing):
        raise NotYet("not-empty")
    found = bench.run(look, list(spans))
    if isinstance(found, list | tuple) and (missing := _left_out(found, expected)):
        again = bench.run(look, _requests_first(spans))
        if any(each in again for each in expected if each[1] in missing):
            raise NotYet("no-request")
        task, request, _ = next(each for each in expected if each[1] in missing)
        raise NotYet("request-left-out", task=task, request=request)
    if _names_nobody(found, spans) and bench.run(look, _requests_first(spans)) == expected:
        raise NotYet("no-request")
    _look_at(found, expected)
    failed = [number for number, span in enumerate(spans) if _is_task(span) and _failed(span)]
    task, request, error = expected[0]
    renamed = [(task, _renamed(request), error)]
    try:
        found = bench.run(look, [_of_another_app(span) for span in spans[: failed[1]]])
    except _NotFound as error:
        raise NotYet("remembers", got="KeyError", wanted=_short(renamed)) from error
    if isinstance(found, list | tuple) and any(each in expected for each in found):
        raise NotYet("remembers", got=_short(found, 300), wanted=_short(renamed))
    _look_at(found, renamed)


def _of_another_app(span: ReadableSpan) -> ReadableSpan:
    """The span as that of an app with other paths, in a trace of its own."""
    attributes = dict(span.attributes or {})
    if isinstance(route := attributes.get("http.route"), str):
        attributes["http.route"] = _OTHER_PATHS + route
    return ReadableSpan(
        name=span.name if span.parent else _renamed(span.name),
        context=_elsewhere(span.context),
        parent=_elsewhere(span.parent),
        resource=span.resource,
        attributes=attributes,
        events=span.events,
        kind=span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
    )


def _elsewhere(context: SpanContext | None) -> SpanContext | None:
    if context is None:
        return None
    ids = context.trace_id ^ 1 << 127, context.span_id ^ 1 << 63  # no two spans have the same ones
    return SpanContext(*ids, context.is_remote, context.trace_flags, context.trace_state)


def _renamed(request: str) -> str:
    return request.replace(" /", f" {_OTHER_PATHS}/")


def _left_out(found: Sequence[Any], expected: list[tuple[str, str, str]]) -> set[str]:
    """The requests of methods whose tasks are missing, all of them, while all others are there."""
    seen = {each[1].split()[0] for each in expected if each in found}
    missing = {request for _, request, _ in expected if request.split()[0] not in seen}
    return (
        missing if found and list(found) == [each for each in expected if each[1] not in missing] else set()
    )


def _names_nobody(found: Any, spans: list[ReadableSpan]) -> bool:
    """Whether what is found names a request as no span is named."""
    names = [span.name for span in spans]
    return isinstance(found, list) and any(
        isinstance(each, tuple) and len(each) == 3 and each[1] not in names for each in found
    )


def _requests_first(spans: Iterable[ReadableSpan]) -> list[ReadableSpan]:
    return sorted(spans, key=lambda span: span.parent is not None)


class _NotFound(NotYet):
    """The function looked for a request that it has not kept, in whatever order the spans are."""


def _telling_what_is_missing(failed_tasks: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function; says so when it looks for a request that it has not kept."""
    if not callable(failed_tasks):
        return failed_tasks

    def found_in(spans: list[ReadableSpan]) -> Any:
        found = failed_tasks(spans)
        return list(found) if inspect.isgenerator(found) else found

    @functools.wraps(failed_tasks)
    def look(spans: list[ReadableSpan]) -> Any:
        try:
            return found_in(spans)
        except KeyError as error:
            of_trace = [span for span in spans if span.context and span.context.trace_id in error.args]
            if not of_trace:
                raise
        try:
            found_in(_requests_first(spans))
        except KeyError:
            request = next(span.name for span in of_trace if span.parent is None)
            task = next(span for span in of_trace if _is_task(span) and _failed(span))
            name = str((task.attributes or {})["code.function.name"])
            raise _NotFound("request-left-out", task=name.rpartition(".")[2], request=request) from None
        raise NotYet("no-request")

    return look


def _is_task(span: ReadableSpan) -> bool:
    return span.name == "fastapi.background_task"


def _failed(span: ReadableSpan) -> bool:
    return "error.type" in (span.attributes or {})


def _look_at(got: Any, expected: list[tuple[str, str, str]]) -> None:
    if isinstance(got, str | Mapping) or not isinstance(got, Iterable):
        raise NotYet("wrong-shape", got=_short(got))
    found = list(got)
    for each in found:
        if isinstance(each, Iterable) and "stock" in each:
            raise NotYet("succeeded-too", name="stock")
        if not isinstance(each, tuple) or len(each) != 3 or not all(isinstance(part, str) for part in each):
            raise NotYet("wrong-shape", got=_short(each))
    if found == expected:
        return
    if any(error == _DOTTED.rpartition(".")[2] for _, _, error in found):
        raise NotYet("short-type", got=_DOTTED.rpartition(".")[2], wanted=_DOTTED)
    names = {name for name, _, _ in found}
    if any(error == "ValueError" for _, _, error in found):
        raise NotYet("endpoints-too")
    if any("." in name for name in names):
        raise NotYet("long-name", got=min(name for name in names if "." in name))
    if len(found) < len(expected):
        miss = "not-repeated" if set(found) == set(expected) else "missed"
        raise NotYet(miss, count=len(found), expected=len(expected))
    if sorted(found) == sorted(expected):
        raise NotYet("wrong-order", got=_short(found, 300), wanted=_short(expected, 300))
    if sorted((name, error) for name, _, error in found) == sorted(
        (name, error) for name, _, error in expected
    ):
        wrong, _ = next(pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1])
        within = wrong[1] in (_WITHIN, _CALL, _CALL_OF_A_PATH)
        raise NotYet("span-within" if within else "wrong-request", got=wrong[1], error=wrong[2])
    odd = next((each for each in found if each not in expected), found[0])
    raise NotYet("something-else", got=_short(odd), expected=_short(expected, 300))


def _spans(bench: Bench) -> list[ReadableSpan]:
    """Spans of nine requests: seven leave tasks that fail, one goes well, and one's endpoint fails.

    Two failures are equal, and the tasks end in another order than their requests.
    """
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider})
    gates = {
        path: bench.gate(path)
        for path in ("/orders/1", "/orders/2", "/orders/3", "/refunds", "/refunds?told=1")
    }

    async def mail(held: str, error: Exception | None) -> None:
        await gates[held].wait_async(timeout=_LONG)
        if error:
            raise error

    def stock() -> None: ...

    @app.post("/orders/{number}")
    async def order(number: int, tasks: BackgroundTasks) -> None:
        tasks.add_task(stock)
        tasks.add_task(mail, f"/orders/{number}", ConnectionError("down") if number != 2 else None)

    @app.post("/refunds")
    async def refund(tasks: BackgroundTasks, told: bool = False) -> None:
        async def notify() -> None:
            await mail("/refunds?told=1", KeyError("nobody"))

        if told:
            tasks.add_task(notify)
        else:
            tasks.add_task(mail, "/refunds", TimeoutError())

    @app.post("/broken")
    async def broken() -> None:
        raise ValueError("a bug")

    def held_that_ended() -> int:
        functions = [
            (span.attributes or {}).get("code.function.name", "") for span in exporter.get_finished_spans()
        ]
        return sum(str(function).endswith((".mail", ".notify")) for function in functions)

    with bench.serve(app) as server:
        for path in ("/orders/1", "/refunds", "/orders/2", "/broken", "/refunds?told=1", "/orders/3"):
            server.submit("POST", path).result()
        for path in ("/orders/3", "/refunds?told=1", "/orders/2", "/orders/1", "/refunds"):
            ended = held_that_ended()
            gates[path].open()
            bench.until(lambda: held_that_ended() > ended)  # noqa: B023
        bench.settle()
    _leave_two_failures(provider)
    _end_after_the_task(provider)
    return list(exporter.get_finished_spans())


def _leave_two_failures(provider: TracerProvider) -> None:
    """Spans as of an app with a runner of its own, which goes on when a task has failed."""
    tracer = provider.get_tracer("a runner")
    route = {"http.request.method": "PUT", "http.route": "/imports"}
    with tracer.start_as_current_span("PUT /imports", kind=SpanKind.SERVER, attributes=route) as request:
        context = set_span_in_context(request)
    tracer.start_span(_CALL, context=context, kind=SpanKind.CLIENT).end()
    failed = {"code.function.name": "shop.imports.load", "error.type": _DOTTED}
    for _ in range(2):
        task = tracer.start_span("fastapi.background_task", context=context, attributes=failed)
        task.set_status(StatusCode.ERROR)
        task.end()
    done = tracer.start_span(
        "fastapi.background_task", context=context, attributes={"code.function.name": "shop.imports.tidy"}
    )
    done.set_status(StatusCode.OK)
    done.end()


_OTHER_PATHS = "/v2"
_DOTTED = "sqlite3.OperationalError"  # as a type of a package comes
_LONGER, _WITHIN = {"GET /feed": "LookupError", "DELETE /feed": "Declined"}, "rows of the feed"
_CALL = "GET"
_CALL_OF_A_PATH = "POST /send"
"""What clients of another service call their spans."""


def _end_after_the_task(provider: TracerProvider) -> None:
    """Spans of requests that last longer than their task, which was left by a step within them."""
    tracer = provider.get_tracer("a runner")
    for name, error in _LONGER.items():
        method, path = name.split()
        route = {"http.request.method": method, "http.route": path}
        failed = {"code.function.name": "refresh", "error.type": error}
        with tracer.start_as_current_span(name, kind=SpanKind.SERVER, attributes=route):
            with tracer.start_as_current_span(_WITHIN) as step:
                context = set_span_in_context(step)
            tracer.start_span(_CALL_OF_A_PATH, kind=SpanKind.CLIENT).end()
            task = tracer.start_span("fastapi.background_task", context=context, attributes=failed)
            task.set_status(StatusCode.ERROR)
            task.end()
