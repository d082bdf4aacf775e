"""The checks of lesson 01. Each runs the learner's program and looks at what happened."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any, Literal

import httpx
from fastapi import FastAPI
from starlette.responses import Response

from course.lessons.after_the_response.saving import Measurement, measure_saving
from course.lessons.after_the_response.signup import build_signup
from course.live import Server
from course.practice import Bench, NotYet, Spy, exercise

_TOLERANCE = 0.15
_HELD_SECONDS = 1.0
_THREAD_SECONDS = 0.2  # a thread that was started has called its function by then


@exercise("after.saving", wants=("saving",))
def check_saving(bench: Bench, saving: Callable[[float, float], float]) -> None:
    """The formula agrees with the client's clock."""
    durations = [(0.04, 0.04), (0.10, 0.01), (0.01, 0.10)]
    measured = [measure_saving(handler, job) for handler, job in durations]
    # The handler's time is what the client waited with the job out of the way: it includes the network.
    returned = [bench.call(saving, m.behind, m.job) for m in measured]
    for value in returned:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise NotYet("not-a-number", got=repr(value))
    given = [float(value) for value in returned]
    for m, value in zip(measured, given, strict=True):
        if not _near(value, m.saved):
            raise _why_saving_is_off(measured, given, m, value)


def _why_saving_is_off(
    measured: Sequence[Measurement], given: Sequence[float], m: Measurement, value: float
) -> NotYet:
    seen = {
        "handler_ms": round(m.behind * 1000),
        "job_ms": round(m.job * 1000),
        "given": value,
        "measured": m.saved,
    }
    if value > 1 and _near(value / 100, m.saved):
        return NotYet("percent", **seen)
    if max(given) - min(given) < _TOLERANCE:
        other = min(measured, key=lambda other: other.saved)
        return NotYet(
            "fixed-number",
            **seen,
            other_given=given[measured.index(other)],
            other_handler_ms=round(other.behind * 1000),
            other_job_ms=round(other.job * 1000),
            other_measured=other.saved,
        )
    if any(value > 1 for value in given):
        return NotYet("unbounded", **seen)
    if _near(value, 1 - m.saved):
        return NotYet("other-share", **seen)
    return NotYet("wrong-share", **seen)


def _near(a: float, b: float) -> bool:
    return abs(a - b) < _TOLERANCE


@exercise("after.welcome", wants=("build_register",))
def check_welcome(bench: Bench, build_register: Callable[..., FastAPI]) -> None:
    """Each user who registers is mailed once, after the response."""
    mailer = bench.spy("send_welcome_email")

    def send_welcome_email(to: str) -> None:
        mailer.function(to)

    with bench.serve(bench.call(build_register, send_welcome_email)) as server:
        for number, address in enumerate(["ada@example.com", "bob@example.com"], 1):
            status = bench.expect(_register(server, address), 202).status_code
            with contextlib.suppress(IndexError):
                if not _after_response(server, mailer, number - 1, f"response#{number}"):
                    raise _why_early(bench, build_register, server)
            if len(mailer.calls) < number:
                if server.errors:
                    raise NotYet("task-failed", status=status, error=_words(server.errors[0]))
                raise NotYet("never-sent", name=mailer, status=status)
            if len(mailer.calls) > number:
                raise NotYet("twice", name=mailer, count=len(mailer.calls) - number + 1)
            if mailer.calls[-1].values != (address,):
                raise NotYet("wrong-arguments", expected=address, got=mailer.calls[-1].values[0])


def _register(server: Server, address: str) -> httpx.Response:
    reply = server.client.post("/register", json={"email": address})
    server.settle()
    return reply


def _why_early(bench: Bench, build_register: Callable[..., FastAPI], server: Server) -> NotYet:
    """The mailer ran before the response: was the client kept waiting for it?"""
    if server.errors:
        return NotYet("called-not-passed", name="send_welcome_email", error=_words(server.errors[0]))
    mail_server = bench.gate("the mail server")
    mailer = bench.spy("send_welcome_email", gate=mail_server)
    with bench.serve(bench.call(build_register, mailer)) as server:
        pending = server.submit("POST", "/register", json={"email": "cleo@example.com"})
        mailer.wait()
        waited = not _answered_within(pending, _HELD_SECONDS)
        mail_server.open()
        server.settle()
    return NotYet("inline" if waited else "side-by-side", name="send_welcome_email")


def _answered_within(pending: Any, seconds: float) -> bool:
    try:
        pending.result(timeout=seconds)
    except Exception:
        return False
    return True


def _after_response(server: Server, spy: Spy, call: int, response: str) -> bool:
    """Whether this call (counted from 0) came after the response.

    Raises:
        IndexError: there was no such call.
    """
    return spy.calls[call].at > server.timeline.start(response)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


@exercise("after.break-it", wants=("breaking_request",))
def check_break_it(bench: Bench, breaking_request: Callable[[], Any]) -> Mapping[str, Any]:
    """The request is answered with success, and the welcome is not sent."""
    body = bench.call(breaking_request)
    mailer = bench.spy("send_welcome_email")
    app = build_signup(mailer.function, bench.spy("subscribe").function, bench.spy("thank").function)
    with bench.serve(app) as server:
        if not isinstance(body, dict):
            raise NotYet("not-a-body", got=type(body).__name__)
        try:
            reply = server.client.post("/signup", json=body)
        except (TypeError, ValueError) as error:
            raise NotYet("not-json", error=_words(error)) from error
        server.settle()
    if reply.is_error:
        raise NotYet("request-refused", status=reply.status_code)
    if mailer.called:
        raise NotYet("mail-arrived", status=reply.status_code)
    return {"status": reply.status_code}


@exercise("after.audit", wants=("build_orders",))
def check_audit(bench: Bench, build_orders: Callable[..., FastAPI]) -> None:
    """Accepted or refused: one entry, after the response."""
    audit = bench.spy("write_audit")

    def write_audit(verdict: str, amount: int) -> None:
        audit.function(verdict, amount)

    with bench.serve(bench.call(build_orders, write_audit)) as server:
        for number, amount in enumerate([3, 0, -2, 7], 1):
            known = len(audit.calls)
            accepted = amount > 0
            reply = server.client.post("/orders", json={"amount": amount})
            server.settle()
            bench.expect(reply, 202 if accepted else 400)
            new = audit.calls[known:]
            if not new:
                if server.errors:
                    error = _words(server.errors[0])
                    raise NotYet("task-failed", amount=amount, status=reply.status_code, error=error)
                raise NotYet(
                    "not-audited" if accepted else "refused-not-audited",
                    amount=amount,
                    status=reply.status_code,
                )
            if not _after_response(server, audit, known, f"response#{number}"):
                raise NotYet("before-response", amount=amount)
            expected = ("accepted" if accepted else "refused", amount)
            entries = [call.values for call in new]
            if entries != [expected]:
                raise NotYet("wrong-entry", amount=amount, expected=expected, got=_list(entries))


def _list(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))


@exercise("after.mini", wants=("respond_then",))
def check_mini(bench: Bench, respond_then: Callable[..., Response]) -> None:
    """Response first; def functions in a thread, async ones on the loop, one after the other."""
    ran = _everything_runs(bench, respond_then)
    _one_at_a_time(bench, respond_then, "sync")
    _one_at_a_time(bench, respond_then, "async")
    if ran != ["first", "second", "third"]:
        raise NotYet("wrong-order", got=_list(ran), expected="first, second, third")


def _everything_runs(bench: Bench, respond_then: Callable[..., Response]) -> list[str]:
    spies = [bench.spy("first"), bench.spy("second", "async"), bench.spy("third")]
    content = {"stock": [1, 2, 3], "ok": True}
    with bench.serve(_app_for(bench, respond_then, content, spies)) as server:
        reply = bench.expect(server.client.get("/go"))
        server.settle()
        if not _is_json(reply, content):
            raise NotYet("wrong-body", got=reply.text, expected=content)
        for spy in spies:
            if spy.called and not _after_response(server, spy, 0, "response"):
                raise NotYet("before-response", name=spy)
        called = [spy for spy in spies if spy.called]
        if spies[1] not in called and spies[2] in called:
            raise NotYet("coroutine-lost", name=spies[1])
        if server.errors:
            raise NotYet("task-error", error=_words(server.errors[0]))
        for spy in spies:
            if not spy.called:
                raise NotYet("not-run", name=spy, total=len(spies), count=len(called))
    return [spy.name for spy in sorted(spies, key=lambda spy: spy.calls[0].at)]


def _one_at_a_time(
    bench: Bench, respond_then: Callable[..., Response], kind: Literal["sync", "async"]
) -> None:
    gate = bench.gate("first")
    first, second = bench.spy("first", kind, gate=gate), bench.spy("second", kind)
    with bench.serve(_app_for(bench, respond_then, {}, [first, second])) as server:
        pending = server.submit("GET", "/go")
        first.wait()
        # Once a ping is answered, the loop has started everything that it was asked to start.
        answers = _answered_within(server.submit("GET", "/ping"), _HELD_SECONDS)
        overlap = answers and _comes(second, within=_THREAD_SECONDS)
        gate.open()
        pending.result()
        server.settle()
    if not answers:
        raise NotYet("loop-blocked", name=first)
    if overlap:
        raise NotYet("overlap", first=first, second=second)


def _comes(spy: Spy, within: float) -> bool:
    try:
        spy.wait(timeout=within)
    except NotYet:
        return False
    return True


def _app_for(
    bench: Bench, respond_then: Callable[..., Response], content: object, spies: Sequence[Spy]
) -> FastAPI:
    response = bench.call(respond_then, content, [spy.function for spy in spies])
    if not isinstance(response, Response):
        raise NotYet("not-a-response", got=type(response).__name__)
    app = FastAPI()

    @app.get("/go")
    async def go() -> Response:
        return response

    @app.get("/ping")
    async def ping() -> None: ...

    return app


def _is_json(reply: httpx.Response, content: object) -> bool:
    try:
        return bool(reply.json() == content)
    except ValueError:
        return False
