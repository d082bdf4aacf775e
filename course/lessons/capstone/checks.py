"""The grader of the capstone: it runs a shop through good days and bad ones and follows every order."""

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import httpx
from fastapi import FastAPI

from course.lessons.capstone.mutants import (
    bugs,
    build_free,
    build_other,
    build_with,
    clocks_with_pauses,
    freedoms,
    harder_bugs,
    most_free,
    others,
)
from course.lessons.capstone.services import STEPS, OutOfStock, Services
from course.lessons.failure_and_retries.faults import Fault, Faults
from course.live import Gate, Pending, Server, SettleTimeout
from course.live.signature import unwrapped
from course.practice import Bench, NotYet, exercise
from course.practice.pauses import LoopPauses
from course.practice.race import HeldAnswers, other_hashes
from course.words import say, strung

_FINAL = ("closed", "refused", "failed")
_STATUSES = ("accepted", *_FINAL)
_SIDE_BY_SIDE = {"authorise": {"reserve"}, "invoice": {"mail", "count"}}
_BEFORE = {
    "capture": ("reserve", "authorise"),
    "invoice": ("capture",),
    "mail": ("capture",),
    "count": ("capture",),
}
_BETWEEN_CALLS = 12.0  # seconds that a pipeline at work may wait between two attempts
_LOOKS = 60  # at a shop in which no task runs; a worker of its own looks more often
_PATIENT = 60  # seconds; the bench gives up before the client does
_SLICE = 0.05  # seconds that is waited at once
_ROUNDS = 5  # answers to other requests: each is a round of the loop, and what can happen meanwhile does
_MANY = 36  # orders that wait at a time; a pool for each would have more calls at work than one pool may
_REFUSED = 16  # of them
_CPUS = 32  # of a machine that is larger than most: pools that grow with it are as large as they get
_POOL = 40
_CALLS = 60  # calls of one service for one order: nobody needs so many
_THREADS = 400
_TEST_THREADS = 256  # a `TestClient` that was entered has one until it is left
_EXAMINATION = 120  # seconds that one shop may take; thorough tests that poll take 60 on a broken one


def _short(value: Any, limit: int = 120) -> str:
    """A value as it is written, without what differs between runs, and not too long."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    return text if len(text) <= limit else f"{text[:limit]}…"


@dataclass
class _Case:
    """An order, what its day has in store for it, and how it has to end."""

    item: str
    cents: int
    email: str
    faults: Mapping[str, Sequence[Fault]] = field(default_factory=dict)
    sold_out: bool = False
    status: str = "closed"
    id: str = ""

    @property
    def declined(self) -> bool:
        """Whether the bank says no."""
        return self.cents > 10_000

    @property
    def refusal(self) -> str:
        """What says no: the exception's name, or nothing."""
        return "OutOfStock" if self.sold_out else "Declined" if self.declined else ""

    @property
    def down(self) -> str:
        """The service that is down for good, if one is."""
        return next((step for step, plan in self.faults.items() if len(plan) > len(_THREE)), "")

    @property
    def body(self) -> dict[str, Any]:
        """What the client sends."""
        return {"item": self.item, "cents": self.cents, "email": self.email}

    def alone(self) -> "_Case":
        """The same once more, for a shop that has nothing else to do."""
        return _Case(self.item, self.cents, self.email, self.faults, self.sold_out, self.status)


_THREE = (Fault.DOWN,) * 3
_ONCE = (Fault.DOWN,)
_FOR_GOOD = (Fault.DOWN,) * (_CALLS + 1)


def _cases() -> list[_Case]:
    """Good days, each service failing three times, each down for good, mixed ones, and refusals."""
    makes: list[dict[str, Any]] = [{}, {}]
    for step in STEPS:
        makes += [{"faults": {step: plan}} for plan in (_THREE, _LOST)]
    for step in STEPS:
        makes.append({"faults": {step: _FOR_GOOD}, "status": "closed" if step == "count" else "failed"})
    makes += [{"faults": dict.fromkeys(STEPS, plan)} for plan in (_THREE, _LOST)]
    for seed in range(4):
        makes.append({"faults": {step: Faults.seeded(10 * seed + n).plan for n, step in enumerate(STEPS)}})
    for no, other in (({"declined": True}, "reserve"), ({"sold_out": True}, "authorise")):
        makes += [no, no | {"faults": {other: _FOR_GOOD}, "status": "failed"}]
        makes += [
            no | {"faults": {step: plan}} for step in ("reserve", "authorise") for plan in (_THREE, _LOST)
        ]
    makes += [{"declined": True, "faults": {"release": plan}} for plan in (_THREE, _LOST)]
    makes.append({"declined": True, "faults": dict.fromkeys(("reserve", "authorise", "release"), _THREE)})
    makes.append({"declined": True, "faults": {"release": _FOR_GOOD}, "status": "failed"})
    return [_case(number, **make) for number, make in enumerate(makes)]


_LOST = (Fault.LOST, Fault.LOST, Fault.RESET)


def _case(
    number: int,
    *,
    declined: bool = False,
    sold_out: bool = False,
    faults: Mapping[str, Sequence[Fault]] | None = None,
    status: str = "closed",
) -> _Case:
    cents = (90_000 if declined else 400) + number
    if (declined or sold_out) and status == "closed":
        status = "refused"
    plan = faults or {}
    return _Case(f"Rye bread-{number} ", cents, f"Ada-{number}@example.com", plan, sold_out, status)


class _Watched(Services):
    """Services that know what each order's day has in store, and see what is asked of them."""

    def __init__(self, cases: Sequence[_Case], **options: Any) -> None:
        super().__init__(**options)
        self.early: dict[tuple[str, str], str] = {}
        """For a step and an order: what should have been done before, and was not when it was called."""
        self.odd: dict[tuple[str, str], tuple[Any, Any]] = {}
        """For a step and an order: what it was given, and what it should have been if that is known."""
        self.held: dict[tuple[str, str], Gate] = {}
        """For a step and an item: a gate that its calls wait at."""
        self.at_work = 0
        self.most_at_work = 0
        self.pools: set[str] = set()
        """What the names of the threads of calls begin with, one for each pool of `concurrent.futures`."""
        self.on_the_loop = ""
        """A step that an event loop was in when it was called, if any."""
        self._by_item = {case.item: case for case in cases}
        self._by_cents = {case.cents: case for case in cases}
        self._cases: dict[str, _Case] = {}

    def reserve(self, order_id: str, item: str) -> None:
        case = self._of(order_id, self._by_item.get(item))
        self._compare("reserve", order_id, item, case and case.item)
        self._call("reserve", order_id, OutOfStock(item) if case and case.sold_out else None)

    def authorise(self, order_id: str, cents: int) -> None:
        case = self._of(order_id, self._by_cents.get(cents))
        self._compare("authorise", order_id, cents, case and case.cents)
        super().authorise(order_id, cents)

    def mail(self, order_id: str, to: str) -> None:
        case = self._cases.get(order_id)
        self._compare("mail", order_id, to, case and case.email)
        super().mail(order_id, to)

    def twin(self) -> "_Watched":
        """What a shop in another process finds: the same database, and services of its own."""
        twin = _Watched(list(self._by_item.values()))
        for file in self.database.parent.glob(f"{self.database.name}*"):
            shutil.copy(file, twin.database.parent / file.name)
        return twin

    def _of(self, order_id: str, case: _Case | None) -> _Case | None:
        with self._lock:
            if order_id not in self._cases and case is not None:
                self._cases[order_id] = case
                for step, plan in case.faults.items():
                    self._faults[f"{step} {order_id}"] = Faults(plan)
            return self._cases.get(order_id)

    def _compare(self, step: str, order_id: str, got: Any, wanted: Any) -> None:
        if got != wanted:
            self.odd.setdefault((step, order_id), (got, wanted))

    def _call(self, step: str, order_id: str, *rest: Any, **options: Any) -> None:
        for before in _BEFORE.get(step, ()):
            if not self.did(before, order_id):
                self.early.setdefault((step, order_id), before)
        with self._lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            self.pools.add(re.sub(r"_\d+$", "", threading.current_thread().name))
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            self.on_the_loop = step
        case = self._cases.get(order_id)
        try:
            if gate := self.held.get((step, case.item if case else "")):
                gate.wait(_PATIENT)
            super()._call(step, order_id, *rest, **options)
        finally:
            with self._lock:
                self.at_work -= 1


@exercise("capstone.shop", wants=("build_shop",), threads=_THREADS)
def check_shop(bench: Bench, build_shop: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """Answers at once, in order, in parallel, isolated, without charging twice, losing nothing."""
    with bench.part("stored", "status", "states"):
        _answers_at_once(bench, build_shop)
    if _is_in_the_way(bench):
        return {}
    with bench.part("graph"):
        _keeps_the_order(bench, build_shop)
    if _is_in_the_way(bench):
        return {}
    with bench.part("refusal"):
        _refuses_whoever_is_first(bench, build_shop)
    cases = _cases()
    with bench.part("given", "refusal", "retries", "key", "isolation", "guarded", "status", "states"):
        _follows_every_order(bench, build_shop, cases)
    with bench.part("isolation"):
        _finishes_the_others(bench, build_shop)
    with bench.part("shared", "status"):
        _shares_its_threads(bench, build_shop)
    return {"count": len(cases)}


_IN_THE_WAY = {"client-waits", "no-id", "odd-id", "no-status", "server-blocked"}


def _is_in_the_way(bench: Bench) -> bool:
    """Whether something is missing without which nothing else can be seen."""
    return any(
        miss.miss in _IN_THE_WAY
        or miss.miss.startswith("engine.")
        or (miss.miss == "missing-step" and miss.fields["calls"] == say("none"))
        for miss, _ in bench.missed
    )


# asking a shop


@contextlib.contextmanager
def _serve(
    bench: Bench, build_shop: Callable[..., FastAPI], services: Services, pauses: LoopPauses | None = None
) -> Iterator[Server]:
    app = bench.call(build_shop, services)
    with bench.serve(app, inside=pauses.inside(app) if pauses else None) as server:
        yield server


def _body(reply: httpx.Response) -> Any:
    """What the answer says; its text where that is no JSON."""
    try:
        return reply.json()
    except ValueError:
        return reply.text


def _post(bench: Bench, server: Server, services: Services, case: _Case) -> None:
    """Order, and note the id."""
    pending = server.submit("POST", "/orders", json=case.body, timeout=_PATIENT)
    if not bench.until(lambda: pending.done):
        raise NotYet("client-waits", step=(services.log or [("the pipeline", "")])[0][0])
    case.id = _id_in(_body(bench.expect(pending.result(), 202)))


def _id_in(body: Any) -> str:
    order = body.get("id") if isinstance(body, dict) else None
    if not isinstance(order, str):
        raise NotYet("no-id", got=_short(body))
    if not re.fullmatch(r"[\w.~:@+=,-]+", order):
        raise NotYet("odd-id", got=_short(order))
    return order


def _status_in(body: Any) -> str:
    if not isinstance(body, dict) or not isinstance(body.get("status"), str):
        raise NotYet("no-status", got=_short(body))
    if body["status"] not in _STATUSES:
        raise NotYet("unknown-status", got=_short(body["status"]))
    return str(body["status"])


def _status(bench: Bench, server: Server, order: str) -> str:
    reply = server.client.get(f"/orders/{order}", timeout=_PATIENT)
    return _status_in(_body(bench.expect(reply)))


def _first_status(bench: Bench, server: Server, order: str) -> str:
    """The same from a server that may be blocked."""
    pending = server.submit("GET", f"/orders/{order}", timeout=_PATIENT)
    if not bench.until(lambda: pending.done):
        raise NotYet("server-blocked")
    return _status_in(_body(bench.expect(pending.result())))


def _in_the_end(bench: Bench, server: Server, services: Services, order: str) -> str:
    """The status when the order is through, however long that takes.

    A pipeline is given up when it has called no service for a while, or one of them again and again.
    """
    calls = -1
    while calls != len(services.log):
        calls = len(services.log)
        bench.until(_Watch(bench, server, services, order), _BETWEEN_CALLS)
        for step in ("release", *STEPS):
            if (count := services.calls(order).count(step)) > _CALLS:
                raise NotYet("never-gives-up", step=step, count=count)
        if server.errors:
            break
    return _status(bench, server, order)


class _Watch:
    """Whether an order is through, has got on, or will not get on any more."""

    def __init__(self, bench: Bench, server: Server, services: Services, order: str) -> None:
        self._bench = bench
        self._server = server
        self._services = services
        self._order = order
        self._calls = len(services.log)
        self._looks = 0  # since nothing has been running that the server knows of

    def __call__(self) -> bool:
        running = False
        try:
            self._server.settle(_SLICE)
        except SettleTimeout:
            running = True
        status = _status(self._bench, self._server, self._order)
        if status in _FINAL or self._server.errors or len(self._services.log) > self._calls:
            return True
        if (
            self._bench.at_rest()
        ):  # asked last: it takes a quarter of a second to see that somebody is at work
            return True
        self._looks = 0 if running else self._looks + 1
        if not running:  # a worker of the shop's own may still be at it
            time.sleep(_SLICE)
        return self._looks > _LOOKS


def _settle(bench: Bench, server: Server) -> None:
    with contextlib.suppress(SettleTimeout):
        bench.settle()
    if server.errors:
        error = server.errors[0]
        raise NotYet("escaped", error=_short(f"{type(error).__name__}: {error}", 150).strip("'\""))


def _rounds(bench: Bench, server: Server, order: str) -> None:
    for _ in range(_ROUNDS):
        _status(bench, server, order)


# the answer


def _answers_at_once(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """Stored, then answered; the answer waits for no service; another process knows the order as well."""
    gates = {step: bench.gate(step) for step in STEPS}
    answer = bench.gate("the answer")
    case = _case(0)
    services = _Watched([case], gates=gates)
    app = bench.call(build_shop, services)
    held = HeldAnswers(app, answer)
    with bench.serve(app, inside=held) as server:
        pending = server.submit("POST", "/orders", json=case.body, timeout=_PATIENT)
        if not bench.until(lambda: held.made.is_set() or pending.done):
            raise NotYet("client-waits", step=(services.log or [("the pipeline", "")])[0][0])
        elsewhere = _stored_before(bench, build_shop, services, held)
        answer.open()
        if not bench.until(lambda: pending.done):
            raise NotYet("client-waits", step=(services.log or [("the pipeline", "")])[0][0])
        case.id = _id_in(_body(bench.expect(pending.result(), 202)))
        _first_status(bench, server, case.id)
        bench.rest()  # every service is held: what the pipeline can do before they answer, it has done
        status = _first_status(bench, server, case.id)
        with bench.part("states"):
            if status in _FINAL:
                raise NotYet("final-too-early", status=status)
            if elsewhere in _FINAL:
                raise NotYet("not-yet-over", status=elsewhere)
        for _ in range(2):  # being asked for it does not make it an order
            unknown = server.client.get("/orders/nobody-has-this")
            if unknown.status_code != 404 and unknown.is_client_error:
                raise NotYet("not-404", got=unknown.status_code)
            bench.expect(unknown, 404)
        for gate in gates.values():
            gate.open()
        known = _in_the_end(bench, server, services, case.id)
        again = _case(0)
        _post(bench, server, services, again)
        if again.id == case.id:
            raise NotYet("same-id")
        _in_the_end(bench, server, services, again.id)
        _one_key_each(services, [case, again])
    bench.begin_part()
    _survives_a_restart(bench, build_shop, services, case, known)


def _stored_before(
    bench: Bench, build_shop: Callable[..., FastAPI], services: _Watched, held: HeldAnswers
) -> str:
    """The answer is made and has not left: who opens the database now finds the order.

    Returns:
        The status that it finds; none if it has taken up the order itself.
    """
    if held.status != 202:
        return ""  # what it is instead is told by who reads it
    reply = httpx.Response(202, content=held.body)
    order = _id_in(_body(reply))
    twin = services.twin()
    with _serve(bench, build_shop, twin) as other:
        found = other.client.get(f"/orders/{order}")
    bench.servers.insert(0, bench.servers.pop())  # what is told about is the shop that answered
    if found.status_code != 200:
        raise NotYet("asks-memory" if _has_row(twin, order) else "not-stored", got=found.status_code)
    return "" if twin.log else _status_in(_body(found))


def _has_row(services: Services, order: str) -> bool:
    """Whether the table of the orders, if the program has left it as it was, knows this one."""
    with contextlib.closing(sqlite3.connect(services.database)) as db, contextlib.suppress(sqlite3.Error):
        return db.execute("SELECT 1 FROM orders WHERE id = ?", (order,)).fetchone() is not None
    return False


def _survives_a_restart(
    bench: Bench, build_shop: Callable[..., FastAPI], services: _Watched, case: _Case, known: str
) -> None:
    after = services.twin()
    new = _case(0)
    with other_hashes(), _serve(bench, build_shop, after) as server:
        _is_remembered(server, case, known)
        _post(bench, server, after, new)
        if new.id == case.id:
            raise NotYet("id-again")
        _in_the_end(bench, server, after, new.id)
        if services.keys[case.id] & after.keys[new.id]:
            raise NotYet("key-shared")


# the order of the steps


def _keeps_the_order(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """Two orders, one after the other: each gate is opened first once."""
    for first, second in (("authorise", "reserve"), ("reserve", "authorise")):
        bench.begin_part()
        gates = {step: bench.gate(step) for step in STEPS}
        case = _case(1)
        services = _Watched([case], gates=gates)
        with _serve(bench, build_shop, services) as server:
            _post(bench, server, services, case)
            _all_called(bench, server, services, case, ("reserve", "authorise"), "not-parallel")
            gates[first].open()
            bench.until(lambda: services.did(first, case.id))  # noqa: B023
            _rounds(bench, server, case.id)
            _in_order(services, case)
            gates[second].open()
            _all_called(bench, server, services, case, ("capture",), "missing-step")
            _rounds(bench, server, case.id)
            _in_order(services, case)
            gates["capture"].open()
            _all_called(bench, server, services, case, ("invoice", "mail", "count"), "not-side-by-side")
            for number, step in enumerate(
                ("invoice", "mail", "count") if first == "reserve" else STEPS[:2:-1]
            ):
                if number:
                    _rounds(bench, server, case.id)
                if (status := _status(bench, server, case.id)) != "accepted":
                    raise NotYet("closed-too-early", step=step, status=status)
                gates[step].open()
                bench.until(lambda: services.did(step, case.id))  # noqa: B023
            status = _in_the_end(bench, server, services, case.id)
            _settle(bench, server)
            _good_day(services, case, status)


def _all_called(
    bench: Bench, server: Server, services: _Watched, case: _Case, steps: Sequence[str], miss: str
) -> None:
    """Wait until the steps were called, which are held at their gates."""
    if bench.until(lambda: set(steps) <= set(services.calls(case.id)) or server.errors) and not server.errors:
        return
    _settle(bench, server)
    _right_arguments(services, case)
    calls = services.calls(case.id)
    missing = [step for step in steps if step not in calls]
    there = [step for step in steps if step in calls]
    raise NotYet(
        miss if there else "missing-step",
        missing=missing[0] if missing else steps[0],
        busy=there[0] if there else "",
        calls=", ".join(calls) or say("none"),
    )


def _in_order(services: _Watched, case: _Case) -> None:
    for (step, order), behind in services.early.items():
        if order == case.id:
            raise NotYet("too-early", step=step, behind=behind)


def _letters(text: str) -> str:
    return "".join(text.casefold().split())


def _right_arguments(services: _Watched, case: _Case) -> None:
    says = {"reserve": case.item, "authorise": case.cents, "mail": case.email}
    for (step, order), (got, _) in services.odd.items():
        if order == case.id and got != says[step]:
            if isinstance(got, str) and got.split() and _letters(got) == _letters(str(says[step])):
                raise NotYet("changed-argument", step=step, got=_short(got), wanted=_short(says[step]))
            raise NotYet("wrong-argument", step=step, got=_short(got), wanted=_short(says[step]))


def _good_day(services: _Watched, case: _Case, status: str) -> None:
    """Everything was done, once, with what the order says."""
    calls = services.calls(case.id)
    _right_arguments(services, case)
    _in_order(services, case)
    if status != "closed":
        raise NotYet("not-closed", status=status, calls=", ".join(calls) or say("none"))
    for step in STEPS:
        if not services.did(step, case.id):
            raise NotYet("missing-step", missing=step, calls=", ".join(calls))
        if calls.count(step) > 1:
            raise NotYet("called-again", step=step, count=calls.count(step))
    if "release" in calls:
        raise NotYet("released-unasked", why=say("a good day"), calls=", ".join(calls))


# refusals


def _refuses_whoever_is_first(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """The bank says no while the stock is still at it, and the other way round."""
    for held, refusal in (("reserve", "declined"), ("authorise", "sold_out")):
        bench.begin_part()
        other = "authorise" if held == "reserve" else "reserve"
        gate, at_first, back = (bench.gate(step) for step in (held, other, "release"))
        case = _case(2, declined=refusal == "declined", sold_out=refusal == "sold_out")
        services = _Watched([case], gates={held: gate, other: at_first, "release": back})
        with _serve(bench, build_shop, services) as server:
            _post(bench, server, services, case)
            _all_called(bench, server, services, case, (held, other), "not-parallel")
            at_first.open()  # not before: a program may call off what has not begun when the no comes
            _rounds(bench, server, case.id)
            gate.open()
            if case.declined and bench.comes(lambda: "release" in services.calls(case.id)):  # noqa: B023
                bench.rest()
                if (status := _status_meanwhile(bench, server, services, case)) in _FINAL:
                    raise NotYet("over-too-early", why=case.refusal, status=status)
            back.open()
            status = _in_the_end(bench, server, services, case.id)
            _settle(bench, server)
            _refused(services, case, status)


def _status_meanwhile(bench: Bench, server: Server, services: _Watched, case: _Case) -> str:
    """The status while a service is held."""
    asked = server.submit("GET", f"/orders/{case.id}", timeout=_PATIENT)
    if not bench.until(lambda: asked.done):
        if services.on_the_loop:
            raise NotYet("on-the-loop", step=services.on_the_loop)
        raise NotYet("server-blocked")
    return _status_in(_body(bench.expect(asked.result())))


def _refused(services: _Watched, case: _Case, status: str) -> None:
    why, calls = case.refusal, services.calls(case.id)
    _right_arguments(services, case)
    if step := next((step for step in ("capture", "mail", "invoice", "count") if step in calls), None):
        raise NotYet("refused-but", why=why, step=step)
    asked = "reserve" if case.sold_out else "authorise"
    down = list(case.faults.get(asked, ())).count(Fault.DOWN)
    if calls.count(asked) > 1 + down:
        raise NotYet("no-is-no", why=why, calls=", ".join(calls))
    if calls.count(asked) <= down:
        raise NotYet("lost", step=asked, count=calls.count(asked), status=status, calls=", ".join(calls))
    if services.did("reserve", case.id):
        if "release" not in calls:
            failed = calls.count("reserve") - 1
            if failed and case.faults.get("reserve"):
                raise NotYet("not-released-late", why=why, count=failed)
            raise NotYet("not-released", why=why)
        if not services.did("release", case.id) and case.down != "release":
            raise NotYet("release-lost", count=calls.count("release"))
        _is_called_after_a_reset(services, case, "release", status)
    elif "release" in calls and case.down != "reserve":  # else nobody knows whether it was reserved
        raise NotYet("released-unasked", why=why, calls=", ".join(calls))
    if calls.count("release") > 1 + len(case.faults.get("release", ())):
        raise NotYet("released-again", count=calls.count("release"))
    if status != case.status and (status != "refused" or case.down not in ("reserve", "authorise")):
        if case.down:
            raise NotYet("not-failed", step=case.down, status=status)
        raise NotYet("not-refused", why=why, status=status)


# failures while others are at it


def _finishes_the_others(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """A service is given up while those that do not need it are at work, and have to try again."""
    for down, beside in _GIVEN_UP.items():
        bench.begin_part()
        gates = {step: bench.gate(step) for step in beside}
        faults = {down: _FOR_GOOD} | dict.fromkeys(beside, _ONCE)
        case = _case(3, faults=faults, status="failed")
        services = _Watched([case], gates=gates)
        with _serve(bench, build_shop, services) as server:
            _post(bench, server, services, case)
            bench.until(lambda: services.calls(case.id).count(down) > len(_THREE) or server.errors)  # noqa: B023
            _rounds(bench, server, case.id)
            for gate in gates.values():
                gate.open()
            status = _in_the_end(bench, server, services, case.id)
            if all(services.did(step, case.id) for step in _BEFORE.get(down, ())):
                _isolated(services, case, status)  # else one that is followed from its beginning will tell
            _settle(bench, server)


_GIVEN_UP = {"invoice": ("mail", "count"), "authorise": ("reserve",), "reserve": ("authorise",)}
"""Who is down for good, and who is held meanwhile."""


# many orders


def _shares_its_threads(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    """Orders wait for each service, `release` too: all share what they wait with; GET does without it."""
    gate = bench.gate("the services")
    cases = [_case(number, declined=number < _REFUSED) for number in range(_MANY)]
    middle = (_REFUSED + _MANY) // 2
    groups = (
        (cases[:_REFUSED], ("release",)),
        (cases[_REFUSED:middle], ("invoice", "mail", "count")),
        (cases[middle:], ("reserve", "authorise")),
    )
    known = _case(_MANY)
    services = _Watched([*cases, known])
    for group, steps in groups:
        services.held |= {(step, case.item): gate for step in steps for case in group}
    pending = []
    with _as_on_a_large_machine(), _serve(bench, build_shop, services) as server:
        _post(bench, server, services, known)
        _in_the_end(bench, server, services, known.id)
        for group, _ in groups:
            pending += [server.submit("POST", "/orders", json=case.body, timeout=_PATIENT) for case in group]
            _come_to_rest(bench, services)
        if services.at_work > _POOL:
            raise _too_many(services, services.at_work)
        asked = server.submit("GET", f"/orders/{known.id}", timeout=_PATIENT)
        if not bench.comes(lambda: asked.done):
            if services.on_the_loop and not server.turn(timeout=1):
                raise NotYet("on-the-loop", step=services.on_the_loop)
            raise NotYet("status-waits", orders=_MANY)
        if not _all_answered(bench, pending):
            raise NotYet("orders-wait", orders=_MANY, count=sum(order.done for order in pending))
        gate.open()
        for case, order in zip(cases, pending, strict=True):
            if not bench.until(lambda: order.done):  # noqa: B023
                raise NotYet("client-waits", step="reserve")
            case.id = _id_in(_body(bench.expect(order.result(), 202)))
        ends = [_in_the_end(bench, server, services, case.id) for case in cases]
        _one_key_each(services, cases)
        for case, status in zip(cases, ends, strict=True):
            _judge(services, case, status)
        _settle(bench, server)
        if services.most_at_work > _POOL:
            raise _too_many(services, services.most_at_work)


def _too_many(services: _Watched, count: int) -> NotYet:
    """Whether one pool of `concurrent.futures` is too large; pools of other kinds cannot be told apart."""
    one = len(services.pools) == 1 and all(
        re.fullmatch(r"ThreadPoolExecutor-\d+", it) for it in services.pools
    )
    return NotYet("pool-too-large" if one else "pool-per-order", orders=_MANY, count=count, most=_POOL)


def _all_answered(bench: Bench, pending: Sequence[Pending]) -> bool:
    """Whether every answer comes while the services are held, one after the other if need be."""
    while (done := sum(order.done for order in pending)) < len(pending):
        if not bench.until(lambda: sum(order.done for order in pending) > done):
            return False
    return True


@contextlib.contextmanager
def _as_on_a_large_machine() -> Iterator[None]:
    """Python's own pool has as many threads as there are processors, and some; here it has its most."""
    with contextlib.ExitStack() as stack:
        for name in ("cpu_count", "process_cpu_count"):
            if hasattr(os, name):
                stack.enter_context(mock.patch.object(os, name, return_value=_CPUS))
        yield


def _come_to_rest(bench: Bench, services: _Watched) -> None:
    """Wait until as many calls are at work as there will be, or more than one pool may have."""
    bench.until(lambda: services.at_work > 1)
    quiet, before = 0, 0
    while quiet < _ROUNDS and services.at_work <= _POOL:
        bench.until(lambda: services.at_work != before, _SLICE)  # noqa: B023
        quiet = quiet + 1 if services.at_work == before else 0
        before = services.at_work


def _one_key_each(services: Services, cases: Sequence[_Case]) -> None:
    owners: dict[str, str] = {}
    for case in cases:
        keys = services.keys[case.id]
        if len(keys) > 1:
            raise NotYet("charged-twice", keys=len(keys))
        for key in keys:
            if owners.setdefault(key, case.id) != case.id:
                raise NotYet("key-shared")


# all days


def _follows_every_order(bench: Bench, build_shop: Callable[..., FastAPI], cases: Sequence[_Case]) -> None:
    """All at the same time; the first order that ends wrong is looked at once more, alone."""
    pauses = LoopPauses()
    with pauses.watched(build_shop):
        wrong = _run(bench, build_shop, cases, pauses)
    if wrong and not bench.missed:
        _run(bench, build_shop, [wrong[0][0].alone()])
    for _, miss in wrong:
        bench.note(miss, "graph")
    if pauses.noted:
        name, seconds = pauses.noted[0]
        bench.note(NotYet("pause-on-the-loop", name=name, seconds=f"{seconds:.2g}"), "status")


def _run(
    bench: Bench, build_shop: Callable[..., FastAPI], cases: Sequence[_Case], pauses: LoopPauses | None = None
) -> list[tuple[_Case, NotYet]]:
    """The orders that have ended as they should not."""
    bench.begin_part()
    wrong: list[tuple[_Case, NotYet]] = []
    services = _Watched(cases)
    with _serve(bench, build_shop, services, pauses) as server:
        for case in cases:
            _post(bench, server, services, case)
        ends = [_in_the_end(bench, server, services, case.id) for case in cases]
        _one_key_each(services, cases)
        for case, status in zip(cases, ends, strict=True):
            try:
                _judge(services, case, status)
            except NotYet as miss:
                wrong.append((case, miss))
        _settle(bench, server)
        if pauses:
            pauses.no_more_requests()
    if not wrong:
        bench.begin_part()
        with other_hashes(), _serve(bench, build_shop, services.twin()) as restarted:
            for case, status in zip(cases, ends, strict=True):
                _is_remembered(restarted, case, status)
    return wrong


def _is_remembered(server: Server, case: _Case, status: str) -> None:
    """A restarted server says what the other one has said."""
    reply = server.client.get(f"/orders/{case.id}", timeout=_PATIENT)
    if reply.status_code != 200 or _status_in(_body(reply)) != status:
        raise NotYet("forgotten", status=status, got=_short(reply.text))


def _judge(services: _Watched, case: _Case, status: str) -> None:
    if case.refusal:
        _refused(services, case, status)
    elif not case.faults:
        _good_day(services, case, status)
    elif case.down:
        _isolated(services, case, status)
    else:
        _unharmed(services, case, status)


def _isolated(services: _Watched, case: _Case, status: str) -> None:
    """One service is down for good: what depends on it is not done, and everything else is."""
    down = case.down
    _right_arguments(services, case)
    _in_order(services, case)
    if "release" in services.calls(case.id):
        raise NotYet("released-on-failure", down=down)
    for step in STEPS:
        depends = step == down or down in _all_before(step)
        if not depends and not services.did(step, case.id):
            raise NotYet("not-isolated", down=down, missing=step)
    if status != case.status:
        if down == "count":
            raise NotYet("statistics-matter", status=status)
        raise NotYet("not-failed", step=down, status=status)


def _all_before(step: str) -> set[str]:
    direct = _BEFORE.get(step, ())
    return set(direct).union(*map(_all_before, direct))


def _unharmed(services: _Watched, case: _Case, status: str) -> None:
    """Services fail three times at the most, and then work."""
    calls = services.calls(case.id)
    _right_arguments(services, case)
    if len(services.keys[case.id]) > 1:
        raise NotYet("charged-twice", keys=len(services.keys[case.id]))
    for step in STEPS:
        if _gave_up(services, case, step):
            _is_called_after_a_reset(services, case, step, status)
            others = [each for each in case.faults if calls.count(each) > len(_THREE)]
            if calls.count(step) <= len(_THREE) and others:
                other = others[0]
                more = {"other": other, "others": calls.count(other), "calls": ", ".join(calls)}
                raise NotYet("limit-shared", step=step, count=calls.count(step), status=status, **more)
            raise NotYet("lost", step=step, count=calls.count(step), status=status, calls=", ".join(calls))
    for step in STEPS:
        if not services.did(step, case.id):
            rest = [each for each in case.faults if each not in (step, *_all_before(step))]
            raise NotYet("not-isolated", down=rest[0] if rest else step, missing=step)
    _in_order(services, case)
    if "release" in calls:
        raise NotYet("released-unasked", why=say("no service said no"), calls=", ".join(calls))
    if status != "closed":
        raise NotYet("lost", step=next(iter(case.faults)), count=3, status=status, calls=", ".join(calls))


def _gave_up(services: _Watched, case: _Case, step: str) -> bool:
    """Whether the last call of a step was one that failed."""
    return _last_met(services, case, step) in (Fault.DOWN, Fault.LOST, Fault.RESET)


def _last_met(services: _Watched, case: _Case, step: str) -> Fault:
    """What the last call of a step met."""
    plan = case.faults.get(step, ())
    calls = services.calls(case.id).count(step)
    return plan[calls - 1] if 0 < calls <= len(plan) else Fault.OK


def _is_called_after_a_reset(services: _Watched, case: _Case, step: str, status: str) -> None:
    """Whoever names no error for `retry_transient` calls after every other `ConnectionError`."""
    if _last_met(services, case, step) is Fault.RESET:
        raise NotYet("answer-lost", step=step, status=status)


# the tests of the shop


@exercise("capstone.tests", wants=("examine_shop",), threads=_TEST_THREADS)
def check_tests(bench: Bench, examine_shop: Callable[..., None]) -> Mapping[str, Any]:
    """The learner's tests pass on shops that work, first and last, and fail on each that does not."""
    if (error := _verdict(bench, examine_shop, build_with())) is not None:
        raise NotYet("false-alarm", error=_words(error))
    other = build_other()
    if (error := _verdict(bench, examine_shop, other)) is not None:
        _complain_of_another(bench, examine_shop, error)
    _leaves_the_rest(bench, examine_shop)
    alive = _accepted(bench, examine_shop, bugs())
    if len(alive) == len(bugs()):
        raise NotYet("sees-nothing", bug=bugs()[alive[0]])
    if alive:
        raise NotYet("survivor", bug=bugs()[alive[0]], killed=len(bugs()) - len(alive), all=len(bugs()))
    for build in (other, build_free("numbers"), build_with()):
        if (error := _verdict(bench, examine_shop, build)) is not None:
            raise NotYet("remembers", error=_words(error))
    return {"all": len(bugs()), "harder": _harder(_accepted(bench, examine_shop, harder_bugs()))}


def _complain_of_another(bench: Bench, examine_shop: Callable[..., None], error: BaseException) -> None:
    """Say what the tests cannot bear of a shop that is right in another way."""
    if (again := _verdict(bench, examine_shop, build_with())) is not None:
        raise NotYet("remembers", error=_words(again))
    for id, (what, build) in others().items():
        if (alone := _verdict(bench, examine_shop, build)) is not None:
            if id == "order":
                raise NotYet("too-narrow", error=_words(alone))
            raise NotYet("asks-for-more", what=what, error=_words(alone))
    raise NotYet("too-narrow", error=_words(error))


def _accepted(bench: Bench, examine_shop: Callable[..., None], broken: Mapping[str, str]) -> list[str]:
    """The bugs with which the learner's tests accept a shop."""
    return [
        bug for bug, words in broken.items() if _verdict(bench, examine_shop, build_with(bug), words) is None
    ]


def _harder(alive: list[str]) -> str:
    """What the tests make of the bugs that they need not find."""
    count = len(harder_bugs())
    if not alive:
        return say("They reject the {count} harder ones, too.", count=count)
    bug = harder_bugs()[alive[0]]
    return say(
        "They accept {alive} of {count} harder ones. One that they accept: {bug}.",
        count=count,
        alive=len(alive),
        bug=bug,
    )


def _leaves_the_rest(bench: Bench, examine_shop: Callable[..., None]) -> None:
    """They pass on a shop that does what it likes where the specification says nothing."""
    for together in most_free():
        error = _verdict(bench, examine_shop, build_free(*together))
        if error is None:
            continue
        if (again := _verdict(bench, examine_shop, build_with())) is not None:
            raise NotYet("remembers", error=_words(again))
        for free in sorted(together):
            if (alone := _verdict(bench, examine_shop, build_free(free))) is not None:
                raise NotYet("asks-for-more", what=freedoms()[free], error=_words(alone))
        what = strung(freedoms()[free] for free in sorted(together))
        raise NotYet("asks-for-more", what=what, error=_words(error))


_REPORTED = re.compile(r"^Traceback \(most recent call last\):\n((?:[ \t].*\n|\n)*)(\S.*)", re.M)
"""The frames of an error in a report such as that of `unittest`, and what it says."""
_REPORTED_LINE = re.compile(r'^  File ".*", line \d+, in .*\n    (.*)', re.M)


def _words(error: BaseException) -> str:
    """The error, and the line of the tests that it comes from; of a report of errors its last one."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    lines: list[str | None] = [
        frame.line for frame in traceback.extract_tb(error.__traceback__) if frame.name == "examine_shop"
    ]
    if reported := _REPORTED.findall(str(error)):
        last, said = reported[-1]
        lines = _REPORTED_LINE.findall(last)
    said = re.sub(r" at 0x[0-9a-fA-F]+", "", said)
    said = said if len(said) <= 150 else f"{said[:150]}…"
    return say("{error}, at `{line}`", error=said, line=lines[-1]) if lines and lines[-1] else said


def _verdict(
    bench: Bench,
    examine_shop: Callable[..., None],
    build: Callable[[Services], FastAPI],
    bug: str = "",
) -> BaseException | None:
    """What the tests raise on this shop, which has this bug, in words, or works."""
    bench.begin_part(_EXAMINATION)

    # A test is red whatever it raises; but on the shop that works a slip in it is no verdict on the shop.
    red = (Exception,) if bug else (AssertionError, httpx.HTTPError, KeyError, IndexError, ConnectionError)

    def run() -> BaseException | None:
        try:
            examine_shop(build, Services)
        except red as error:
            return error
        return None

    run.__name__ = "examine_shop"  # what a message names
    names = getattr(unwrapped(examine_shop), "__globals__", {})
    try:
        with clocks_with_pauses(names):
            error: BaseException | None = bench.run(run)
    except NotYet as miss:
        if miss.miss in ("engine.endless-call", "engine.stuck"):
            shop = say("a broken shop ({bug})", bug=bug) if bug else say("a shop that works")
            raise NotYet("never-back", shop=shop, minutes=_EXAMINATION // 60) from None
        raise
    return error
