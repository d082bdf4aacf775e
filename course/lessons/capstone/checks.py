"""The grader of the capstone: it runs a shop through good days and bad ones and follows every order."""

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from fastapi import FastAPI

from course.lessons.capstone.mutants import BUGS, build_with
from course.lessons.capstone.services import STEPS, Services
from course.lessons.failure_and_retries.faults import Fault, Faults
from course.live import Gate, Server
from course.practice import Bench, NotYet, exercise

_ORDER = {"item": "bread", "cents": 450, "email": "ada@example.com"}
_FINAL = ("closed", "refused", "failed")
_PATIENCE = 1.5
_WORKER = 1.0  # seconds that a worker of the shop's own may need when the last task of a request is over


@exercise("capstone.shop", wants=("build_shop",))
def check_shop(bench: Bench, build_shop: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """Answers at once, in order, in parallel, isolated, without charging twice, losing nothing."""
    _answers_at_once(bench, build_shop)
    _keeps_the_order(bench, build_shop)
    _refuses(bench, build_shop)
    _isolates(bench, build_shop)
    return {"count": _survives(bench, build_shop)}


def _serve(bench: Bench, build_shop: Callable[..., FastAPI], services: Services) -> Any:
    return bench.serve(bench.call(build_shop, services))


def _post(bench: Bench, server: Server, **change: Any) -> str:
    return _id_of(bench.expect(server.client.post("/orders", json=_ORDER | change), 202))


def _body(reply: httpx.Response) -> Any:
    """What the answer says; its text where that is no JSON."""
    try:
        return reply.json()
    except ValueError:
        return reply.text


def _id_of(reply: httpx.Response) -> str:
    body = _body(reply)
    if not isinstance(body, dict) or not isinstance(body.get("id"), str):
        raise NotYet("no-id", got=body)
    return str(body["id"])


def _status(bench: Bench, server: Server, order: str) -> str:
    body = _body(bench.expect(server.client.get(f"/orders/{order}")))
    return _status_in(body)


def _status_in(body: Any) -> str:
    if not isinstance(body, dict) or "status" not in body:
        raise NotYet("no-status", got=body)
    return str(body["status"])


def _in_the_end(bench: Bench, server: Server, order: str, timeout: float = 3) -> str:
    """The status when nothing runs any more, be it a task of a request or the shop's own worker."""
    server.settle(timeout)
    end = time.monotonic() + _WORKER
    while (status := _status(bench, server, order)) not in _FINAL and not server.errors:
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return status


def _answers_at_once(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    gates = {step: bench.gate(step) for step in STEPS}
    services = Services(gates=gates)
    with _serve(bench, build_shop, services) as server:
        pending = server.submit("POST", "/orders", json=_ORDER)
        reply = _within(pending)
        if reply is None:
            raise NotYet("client-waits", step=(services.log or [("the pipeline", "")])[0][0])
        order = _id_of(bench.expect(reply, 202))
        asked = server.submit("GET", f"/orders/{order}")
        answer = _within(asked)
        if answer is None:
            raise NotYet("server-blocked")
        status = _status_in(_body(bench.expect(answer)))
        if status in _FINAL:
            raise NotYet("final-too-early", status=status)
        bench.expect(server.client.get("/orders/nobody-has-this"), 404)
        _open(gates)
        known = _in_the_end(bench, server, order)
    with _serve(bench, build_shop, services) as server:
        again = server.client.get(f"/orders/{order}")
        if again.status_code != 200 or _status_in(_body(again)) != known:
            raise NotYet("forgotten", status=known, got=again.text)


def _within(pending: Any) -> httpx.Response | None:
    try:
        response: httpx.Response = pending.result(timeout=_PATIENCE)
    except Exception:
        return None
    return response


def _open(gates: Mapping[str, Gate]) -> None:
    for gate in gates.values():
        gate.open()


def _keeps_the_order(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    inbox = bench.inbox()
    gates = {step: bench.gate(step) for step in STEPS}
    services = Services(inbox, gates=gates)
    with _serve(bench, build_shop, services) as server:
        order = _post(bench, server)
        _wait_for(server, services, order, {"reserve", "authorise"}, "not-parallel")
        gates["authorise"].open()
        _stays_away(server, services, order, "capture", behind="reserve")
        gates["reserve"].open()
        _wait_for(server, services, order, {"capture"}, "missing-step")
        _stays_away(server, services, order, "mail", behind="capture")
        _stays_away(server, services, order, "invoice", behind="capture")
        gates["capture"].open()
        gates["count"].open()
        _wait_for(server, services, order, {"invoice", "mail"}, "not-side-by-side")
        if _status(bench, server, order) == "closed":
            raise NotYet("closed-too-early")
        _open(gates)
        if (status := _in_the_end(bench, server, order)) != "closed":
            raise NotYet("not-closed", status=status, calls=", ".join(services.calls(order)))
        if missing := [step for step in STEPS if not services.did(step, order)]:
            raise NotYet("missing-step", missing=missing[0], calls=", ".join(services.calls(order)))
        if [str(mail["To"]) for mail in inbox.messages] != [_ORDER["email"]]:
            raise NotYet("wrong-mail", got=str(inbox), expected=_ORDER["email"])


def _wait_for(server: Server, services: Services, order: str, steps: set[str], miss: str) -> None:
    """Wait until the steps were called, which are held at their gates."""
    called = Gate("called")
    for _ in range(200):
        if steps <= set(services.calls(order)):
            return
        try:
            called.wait(timeout=0.01)
        except TimeoutError:
            continue
    _nothing_escaped(server)
    seen = services.calls(order)
    missing = sorted(steps - set(seen))
    raise NotYet(miss, missing=missing[0], calls=", ".join(seen) or "-")


def _stays_away(server: Server, services: Services, order: str, step: str, behind: str) -> None:
    for _ in range(3):  # each answer is a round of the event loop
        server.client.get(f"/orders/{order}")
    if step in services.calls(order):
        raise NotYet("too-early", step=step, behind=behind)


def _refuses(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    services = Services()
    with _serve(bench, build_shop, services) as server:
        declined = _post(bench, server, cents=99_999)
        sold_out = _post(bench, server, item="gold")
        for order, why in ((declined, "Declined"), (sold_out, "OutOfStock")):
            status = _in_the_end(bench, server, order)
            calls = services.calls(order)
            if step := next((step for step in ("capture", "mail", "invoice") if step in calls), None):
                raise NotYet("refused-but", why=why, step=step)
            if calls.count("authorise") > 1 or calls.count("reserve") > 1:
                raise NotYet("no-is-no", why=why, calls=", ".join(calls))
            if services.did("reserve", order) and "release" not in calls:
                raise NotYet("not-released", why=why)
            if status != "refused":
                raise NotYet("not-refused", why=why, status=status)
        _nothing_escaped(server)


def _isolates(bench: Bench, build_shop: Callable[..., FastAPI]) -> None:
    services = Services(faults={"count": Faults.first(99)})
    with _serve(bench, build_shop, services) as server:
        order = _post(bench, server)
        if (status := _in_the_end(bench, server, order, timeout=4)) != "closed":
            raise NotYet("statistics-matter", status=status)
        _nothing_escaped(server)
    services = Services(faults={"invoice": Faults.first(99)})
    with _serve(bench, build_shop, services) as server:
        order = _post(bench, server)
        status = _in_the_end(bench, server, order, timeout=4)
        if not services.did("mail", order):
            raise NotYet("not-isolated")
        if status != "failed":
            raise NotYet("not-failed", status=status)
        _nothing_escaped(server)


def _nothing_escaped(server: Server) -> None:
    if server.errors:
        error = server.errors[0]
        raise NotYet("escaped", error=f"{type(error).__name__}: {error}")


def _survives(bench: Bench, build_shop: Callable[..., FastAPI]) -> int:
    """Several orders at a time; each step meets its own faults, three at the most, which then pass."""
    plans = {
        step: Faults.first(3, fault)
        for step, fault in (("reserve", Fault.DOWN), ("capture", Fault.LOST), ("mail", Fault.SLOW))
    }
    every = [
        plans,
        *({step: Faults.seeded(10 * seed + n) for n, step in enumerate(STEPS)} for seed in range(4)),
    ]
    for number, faults in enumerate(every):
        services = Services(faults=faults)
        with _serve(bench, build_shop, services) as server:
            order = _post(bench, server)
            status = _in_the_end(bench, server, order, timeout=5)
            if len(services.keys[order]) > 1:
                raise NotYet("charged-twice", keys=len(services.keys[order]))
            if status != "closed":
                calls = ", ".join(services.calls(order))
                raise NotYet("lost", number=number + 1, status=status, calls=calls)
            if missing := [step for step in STEPS[:-1] if not services.did(step, order)]:
                raise NotYet("closed-undone", missing=missing[0], number=number + 1)
            _nothing_escaped(server)
    return len(every)


@exercise("capstone.tests", wants=("examine_shop",))
def check_tests(bench: Bench, examine_shop: Callable[..., None]) -> Mapping[str, Any]:
    """The learner's tests pass on a shop that works and fail on each that does not."""
    if (error := _verdict(bench, examine_shop, "")) is not None:
        raise NotYet("false-alarm", error=_words(error))
    alive = [bug for bug in BUGS if _verdict(bench, examine_shop, bug) is None]
    if len(alive) == len(BUGS):
        raise NotYet("sees-nothing", bug=BUGS[alive[0]])
    if alive:
        raise NotYet("survivor", bug=BUGS[alive[0]], killed=len(BUGS) - len(alive), all=len(BUGS))
    return {"all": len(BUGS)}


def _words(error: BaseException) -> str:
    """The error, and the line of the tests that it comes from."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    lines = [
        frame.line for frame in traceback.extract_tb(error.__traceback__) if frame.name == "examine_shop"
    ]
    return f"{said}, at `{lines[-1]}`" if lines and lines[-1] else said


def _verdict(bench: Bench, examine_shop: Callable[..., None], bug: str) -> BaseException | None:
    """What the tests raise on this shop, if anything."""

    # A test is red whatever it raises; but on the shop that works a slip in it is no verdict on the shop.
    red = (Exception,) if bug else (AssertionError, httpx.HTTPError, KeyError, IndexError, ConnectionError)

    def run() -> BaseException | None:
        try:
            examine_shop(build_with(bug), Services)
        except red as error:
            return error
        return None

    run.__name__ = "examine_shop"  # what a message names
    error: BaseException | None = bench.run(run)
    return error
