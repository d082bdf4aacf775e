"""The checks of lesson 01. Each runs the learner's program and looks at what happened."""

import asyncio
import contextlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import httpx
from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from course.lessons.after_the_response.signup import SignUp, build_signup
from course.live import Gate, Server, SettleTimeout
from course.practice import Bench, NotYet, Spy, describe, exercise, patiently, shown
from course.practice.overlap import Overlap
from course.words import say

# after.saving

_EXACT = 0.006  # who rounds to two digits is right
_SAME = 0.05
_MILLISECONDS: list[tuple[float, float]] = [
    *((40, 40), (100, 10), (10, 100), (40, 120), (5, 995), (3000, 1), (0.2, 0.6)),
    *((1, 9999), (9999, 1), (90_000, 120_000), (7_200_000, 3_600_000), (0.02, 0.01)),
    *((985, 15), (15, 985), (1000, 3000)),
]
_WHOLE_SECONDS = [(1, 3), (90, 120), (7200, 3600)]


@exercise("after.saving", wants=("saving",))
def check_saving(bench: Bench, saving: Callable[[float, float], float]) -> Mapping[str, Any]:
    """The formula is right for short and long handlers and jobs."""
    cases = [(handler / 1000, job / 1000) for handler, job in _MILLISECONDS]
    given = [_number(bench.call(saving, handler, job)) for handler, job in cases]
    wrong = [at for at, case in enumerate(cases) if not _near(given[at], _share(*case))]
    if wrong:
        raise _why_saving_is_off(given, wrong)
    for handler, job in _WHOLE_SECONDS:
        number = _number(bench.call(saving, handler, job))
        if not _near(number, _share(handler, job)):
            truth = f"{_share(handler, job):.4g}"
            raise NotYet("whole-numbers", handler=handler, job=job, given=f"{number:.4g}", truth=truth)
    return {"count": len(cases)}


def _share(handler: float, job: float) -> float:
    return job / (handler + job)


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool | str | bytes) or not math.isfinite(number):
        raise NotYet("not-a-number", got=shown(value))
    return number


def _why_saving_is_off(given: Sequence[float], wrong: Sequence[int]) -> NotYet:
    first = wrong[0]
    seen = _case(first, given)
    truth = [_share(*case) for case in _MILLISECONDS]
    if all(_near(value / 100, share) for value, share in zip(given, truth, strict=True)):
        return NotYet("percent", **_case(0, given))
    if max(given) - min(given) < _SAME:
        other = max(range(len(truth)), key=lambda at: abs(truth[at] - truth[first]))
        return NotYet("fixed-number", **seen, **{f"other_{k}": v for k, v in _case(other, given).items()})
    for at in wrong:
        if not 0 <= given[at] <= 1:
            return NotYet("unbounded" if given[at] > 1 else "negative", **_case(at, given))
    if all(_near(given[at], 1 - truth[at]) for at in wrong):
        return NotYet("other-share", **seen)
    return NotYet("wrong-share", **seen)


def _case(at: int, given: Sequence[float]) -> dict[str, Any]:
    handler, job = _MILLISECONDS[at]
    return {
        "handler_ms": handler,
        "job_ms": job,
        "given": f"{given[at]:.4g}",
        "before_ms": handler + job,
        "truth": f"{_share(handler, job):.4g}",
    }


def _near(a: float, b: float) -> bool:
    return abs(a - b) < _EXACT


# after.welcome

_ADDRESSES = ["ada@example.com", "Bob.B@Example.com", " Zoë+shop@example.com"]  # one by one
_PAIRS = (["cleo@example.com", "dan@example.com"], ["eve@example.com", "eve@example.com"])
_IDLE = 0.6  # in looks; a worker that polls has had nothing to do meanwhile, and is still there
_SOON = 0.1  # seconds for an answer that has left
_TURN_SECONDS = 3  # for a turn of an event loop that does not stand still
_ERRORS = (ConnectionError, TimeoutError, RuntimeError, OSError)  # one after the other
_MEETING_SECONDS = 0.5  # in looks, for another call that comes at the same time, if it does


@exercise("after.welcome", wants=("build_register",))
def check_welcome(bench: Bench, build_register: Callable[..., FastAPI]) -> None:
    """Each user who registers is mailed once, after the response."""
    failing = [{"email": address} for address in (*_ADDRESSES[:2], *_PAIRS[0])]
    failed = _calls_when_each_fails(bench, build_register, "/register", failing)
    lost = _never_called(bench, build_register, "/register", failing)
    mailer = bench.spy("send_welcome_email")
    wanted = alone = len(_ADDRESSES) + 1  # the first of them comes twice

    def send_welcome_email(to: str) -> None:
        mailer.function(to)
        if wanted > alone:  # who keeps a mail in a list until it is sent meets it here
            patiently(both_are_there, _MEETING_SECONDS)

    def both_are_there() -> bool:
        return len(mailer.calls) >= wanted

    send_welcome_email.__qualname__ = mailer.name
    app = bench.call(build_register, send_welcome_email)
    later = bench.spy(mailer.name)
    bench.call(build_register, later)  # another app, with a mailer of its own
    overlap = Overlap(app, enough=lambda: mailer.called, early=lambda: len(mailer.calls))
    with bench.serve(app, name="build_register", inside=overlap) as server:
        for number, address in enumerate(_ADDRESSES, 1):
            status = _registers(bench, server, address)
            bench.comes(lambda number=number: len(mailer.calls) >= number)  # type: ignore[misc]
            if later.called:
                raise NotYet("mailer-of-another", name=mailer)
            _is_mailed(bench, build_register, server, mailer, number, address, status)
        _is_mailed_again(bench, server, mailer, _ADDRESSES[0])
        patiently(lambda: not bench.at_work, _IDLE)
        for pair in _PAIRS:
            wanted += 2
            overlap.together(2)
            pending = [server.submit("POST", "/register", json={"email": address}) for address in pair]
            for each in pending:
                bench.expect(each.result(), 202)
            bench.comes(both_are_there)
        bench.finish()
    mailed = Counter(call.values[0] for call in mailer.calls[alone:])
    for pair in _PAIRS:
        theirs = Counter({address: mailed[address] for address in pair})
        if theirs != Counter(pair):
            raise _why_not_both(mailer, pair, theirs)
    if mailed.total() > wanted - alone:
        raise NotYet("twice", name=mailer, count=max(mailed.values()))
    if max(failed) > 1:
        raise NotYet("sent-again", name=mailer, count=max(failed))
    if 0 in failed:
        raise NotYet("stops", name=mailer, count=failed.index(0))
    if lost:
        raise NotYet("lost-with-another", name=mailer, lost=_list(lost))


def _calls_when_each_fails(
    bench: Bench, build: Callable[..., FastAPI], path: str, bodies: Sequence[Mapping[str, Any]]
) -> list[int]:
    """How often the learner's app calls what it is given, for each of these requests, when every call fails.

    Each body has one value, which the calls for it pass on.
    """
    failing = bench.spy("a call that fails")
    passed_on = [next(iter(body.values())) for body in bodies]

    def call(*args: Any, **kwargs: Any) -> None:
        failing.function(*args, **kwargs)
        values = [*args, *kwargs.values()]
        number = next((number for number, value in enumerate(passed_on) if value in values), 0)
        raise _ERRORS[number % len(_ERRORS)]("nobody answers")

    with bench.serve(bench.call(build, call)) as server:
        for number, body in enumerate(bodies):
            server.client.post(path, json=dict(body))
            if not bench.comes(lambda number=number: _counts(failing, passed_on)[number] > 0):  # type: ignore[misc]
                break
            with contextlib.suppress(SettleTimeout):  # then something goes on: what comes next shows it
                bench.settle()
        bench.finish()
    return _counts(failing, passed_on)


def _never_called(
    bench: Bench, build: Callable[..., FastAPI], path: str, bodies: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """For which of these requests no call is made, if all come during the first call, and each call fails.

    It comes before the server that the picture is to show.
    """
    line = bench.gate("the line is free")
    failing = bench.spy("a call that fails", raises=ConnectionError("nobody answers"), gate=line)
    passed_on = [next(iter(body.values())) for body in bodies]
    with bench.serve(bench.call(build, failing)) as server:
        server.submit("POST", path, json=dict(bodies[0]))
        bench.comes(lambda: failing.called)
        others = [server.submit("POST", path, json=dict(body)) for body in bodies[1:]]
        if all(bench.answers(each, seconds=1) for each in others):  # who blocks the loop lets nobody wait
            server.turn()
        line.open()
        with contextlib.suppress(SettleTimeout):
            bench.settle()
        bench.comes(lambda: all(_counts(failing, passed_on)))
        bench.finish()
    counts = _counts(failing, passed_on)
    return [value for value, count in zip(passed_on, counts, strict=True) if not count]


def _counts(spy: Spy, values: Sequence[object]) -> list[int]:
    return [sum(value in call.values for call in spy.calls) for value in values]


def _registers(bench: Bench, server: Server, address: str) -> int:
    reply = server.client.post("/register", json={"email": address})
    server.settle()
    return bench.expect(reply, 202).status_code


def _is_mailed(
    bench: Bench,
    build_register: Callable[..., FastAPI],
    server: Server,
    mailer: Spy,
    number: int,
    address: str,
    status: int,
) -> None:
    calls = mailer.calls[number - 1 :]
    if calls and not _after_response(server, mailer, number - 1, f"response#{number}"):
        raise _why_early(bench, build_register, server)
    if not calls:
        if server.errors:
            raise NotYet("task-failed", status=status, error=describe(server.errors[0]))
        raise NotYet("never-sent", name=mailer, status=status)
    if len(calls) > 1:
        raise NotYet("twice", name=mailer, count=len(calls))
    if calls[0].values[0] in _ADDRESSES[: number - 1]:
        raise NotYet("of-an-earlier-user", expected=shown(address), got=shown(calls[0].values[0]))
    if calls[0].values != (address,):
        raise NotYet("wrong-arguments", expected=shown(address), got=shown(calls[0].values[0]))


def _is_mailed_again(bench: Bench, server: Server, mailer: Spy, address: str) -> None:
    known = len(mailer.calls)
    _registers(bench, server, address)
    if not bench.comes(lambda: len(mailer.calls) > known):
        raise NotYet("not-again", address=address)


def _why_not_both(mailer: Spy, addresses: Sequence[str], mailed: Counter[str]) -> NotYet:
    most = max(mailed.values(), default=0)
    if most > 1 and mailed.total() > len(addresses):
        return NotYet("twice", name=mailer, count=most)
    miss = "left-out" if mailed < Counter(addresses) else "mixed-up"
    return NotYet(miss, addresses=_list(addresses), got=_list(sorted(mailed.elements())) or say("nobody"))


def _why_early(bench: Bench, build_register: Callable[..., FastAPI], server: Server) -> NotYet:
    """The mailer ran before the response: was the client kept waiting for it?"""
    if server.errors:
        return NotYet("called-not-passed", name="send_welcome_email", error=describe(server.errors[0]))
    mail_server = bench.gate("the mail server")
    mailer = bench.spy("send_welcome_email", gate=mail_server)
    app = bench.call(build_register, mailer)
    waited = _keeps_waiting(bench, app, mailer, mail_server, "/register", {"email": "cleo@example.com"})
    return NotYet("inline" if waited else "side-by-side", name="send_welcome_email")


def _keeps_waiting(
    bench: Bench, app: FastAPI, spy: Spy, gate: Gate, path: str, body: Mapping[str, Any]
) -> bool:
    """Whether the client has no answer as long as this spy, which is called early, is held at its gate."""
    with bench.serve(app) as server:
        pending = server.submit("POST", path, json=dict(body))
        on_loop = spy.wait().thread == "event loop"
        waited = on_loop or not bench.answers(pending, seconds=_SOON if bench.rest() else 1)
        gate.open()
        server.settle()
    return waited


def _after_response(server: Server, spy: Spy, call: int, response: str) -> bool:
    """Whether this call (counted from 0) came after the response began."""
    return spy.calls[call].at > server.timeline.start(response)


# after.break-it


@exercise("after.break-it", wants=("breaking_request",))
def check_break_it(bench: Bench, breaking_request: Callable[[], Any]) -> Mapping[str, Any]:
    """The request is answered with success, and the welcome is not sent."""
    body = bench.call(breaking_request)
    if not isinstance(body, Mapping):
        raise NotYet("not-a-body", got=type(body).__name__)
    mailer = bench.spy("send_welcome_email")
    app = build_signup(mailer.function, bench.spy("subscribe").function, bench.spy("thank").function)
    with bench.serve(app) as server:
        try:
            reply = server.client.post("/signup", json=dict(body))
        except UnicodeEncodeError as error:
            raise NotYet("half-a-character", half=ascii(error.object[error.start : error.end])) from error
        except (TypeError, ValueError, RecursionError) as error:
            raise NotYet("not-json", error=shown(str(error))) from error
        server.settle()
    if reply.is_error:
        raise NotYet("request-refused", status=reply.status_code, reason=_reason(reply))
    if mailer.called:
        given = body.get("newsletter", False)
        read = SignUp.model_validate(json.loads(reply.request.content)).newsletter
        if given is not read:
            raise NotYet("read-as", status=reply.status_code, given=shown(given), read=read)
        raise NotYet("mail-arrived", status=reply.status_code)
    return {"status": reply.status_code}


def _reason(reply: httpx.Response) -> str:
    detail = reply.json()["detail"]
    if isinstance(detail, str):
        return detail
    return f"{'.'.join(map(str, detail[0]['loc']))}: {detail[0]['msg']}"


# after.audit


_MEETING = 4  # two orders of this amount are written at the same time


@exercise("after.audit", wants=("build_orders",))
def check_audit(bench: Bench, build_orders: Callable[..., FastAPI]) -> None:
    """Accepted or refused: one entry, after the response."""
    failing = [{"amount": amount} for amount in (3, 5, -4, 6)]
    failed = _calls_when_each_fails(bench, build_orders, "/orders", failing)
    lost = _never_called(bench, build_orders, "/orders", failing)
    audit = bench.spy("write_audit")

    def write_audit(verdict: str, amount: int) -> None:
        audit.function(verdict, amount)
        if abs(amount) == _MEETING:  # who drops an amount that is being written meets it here
            patiently(lambda: sum(call.values[1] == amount for call in audit.calls) > 1, _MEETING_SECONDS)

    write_audit.__qualname__ = audit.name
    amounts = [3, 0, -1, 2**40, 3, 1, -(10**6)]
    app = bench.call(build_orders, write_audit)
    later = bench.spy(audit.name)
    bench.call(build_orders, later)  # another app, with an audit of its own
    overlap = Overlap(app, early=lambda: len(audit.calls))
    with bench.serve(app, name="build_orders", inside=overlap) as server:
        for number, amount in enumerate(amounts, 1):
            known = len(audit.calls)
            reply = server.client.post("/orders", json={"amount": amount})
            server.settle()
            wanted = 202 if amount > 0 else 400
            if amount == 0 and reply.status_code == 202:
                raise NotYet("zero")
            if number > 2 and reply.status_code in range(200, 500) and reply.status_code != wanted:
                raise NotYet("other-status", amount=amount, got=reply.status_code, wanted=wanted)
            bench.expect(reply, wanted)
            bench.comes(lambda known=known: len(audit.calls) > known)  # type: ignore[misc]
            if later.called:
                raise NotYet("audit-of-another")
            earlier = amounts[: number - 1]
            _is_audited(
                bench,
                build_orders,
                server,
                audit,
                known,
                f"response#{number}",
                amount,
                reply.status_code,
                earlier,
            )
        patiently(lambda: not bench.at_work, _IDLE)
        for pair in ((5, -6), (-7, -8), (_MEETING, _MEETING), (-_MEETING, -_MEETING)):
            overlap.together(2)
            for each in [server.submit("POST", "/orders", json={"amount": amount}) for amount in pair]:
                each.result()
            amounts += pair
            total = len(amounts)
            bench.comes(lambda total=total: len(audit.calls) >= total)  # type: ignore[misc]
        bench.finish()
    got = Counter(call.values for call in audit.calls)
    expected = Counter(map(_entry, amounts))
    missing, more = expected - got, got - expected
    if missing and not more:
        raise NotYet("left-out", missing=_list([*missing.elements()]))
    if more:
        raise NotYet(
            "mixed-up",
            missing=_list([*missing.elements()]) or say("nothing"),
            more=_list([*more.elements()]),
        )
    if max(failed) > 1:
        raise NotYet("written-again", count=max(failed))
    if 0 in failed:
        raise NotYet("stops", count=failed.index(0))
    if lost:
        raise NotYet("lost-with-another", lost=_list(lost))


def _entry(amount: int) -> tuple[str, int]:
    return ("accepted" if amount > 0 else "refused", amount)


def _why_audited_early(bench: Bench, build_orders: Callable[..., FastAPI], amount: int) -> NotYet:
    """The entry was written before the response: was the client kept waiting for it?"""
    paper = bench.gate("the audit is written")
    audit = bench.spy("write_audit", gate=paper)
    app = bench.call(build_orders, audit)
    waited = _keeps_waiting(bench, app, audit, paper, "/orders", {"amount": amount})
    return NotYet("before-response" if waited else "side-by-side", amount=amount)


def _is_audited(
    bench: Bench,
    build_orders: Callable[..., FastAPI],
    server: Server,
    audit: Spy,
    known: int,
    response: str,
    amount: int,
    status: int,
    earlier: Sequence[int],
) -> None:
    new = audit.calls[known:]
    early = bool(new) and not _after_response(server, audit, known, response)
    if server.errors and (early or not new):
        miss = "called-not-passed" if early else "task-failed"
        raise NotYet(miss, amount=amount, status=status, error=describe(server.errors[0]))
    if not new and known >= 2:  # one like it was audited
        raise NotYet("not-audited-again", amount=amount)
    if not new:
        raise NotYet("not-audited" if amount > 0 else "refused-not-audited", amount=amount, status=status)
    if early:
        raise _why_audited_early(bench, build_orders, amount)
    entries = [call.values for call in new]
    others = [entry for entry in entries if entry != _entry(amount)]
    of_earlier = [_entry(each) for each in earlier]
    if others and all(entry in of_earlier for entry in others):
        raise NotYet("of-an-earlier-order", amount=amount, expected=_entry(amount), got=_list(entries))
    if entries != [_entry(amount)]:
        raise NotYet("wrong-entry", amount=amount, expected=_entry(amount), got=_list(entries))


def _list(values: Sequence[object]) -> str:
    return ", ".join(value if isinstance(value, str) else shown(value) for value in values)


# after.mini


@exercise("after.mini", wants=("respond_then",))
def check_mini(bench: Bench, respond_then: Callable[..., Response]) -> None:
    """Response first; def functions in a thread, async ones on the loop, one after the other."""
    ran = _everything_runs(bench, respond_then)
    for first in ("sync", "async"):
        for second in ("sync", "async"):
            _one_at_a_time(bench, respond_then, first, second)
    if ran == ["first", "second", "third"]:
        raise NotYet("once-of-two", name="first")
    if ran != ["first", "second", "third", "first"]:
        raise NotYet("wrong-order", got=_list(ran), expected="first, second, third, first")
    _content_is_json(bench, respond_then)
    _however_many_they_are(bench, respond_then)


def _everything_runs(bench: Bench, respond_then: Callable[..., Response]) -> list[str]:
    spies = [bench.spy("first"), bench.spy("second", "async"), bench.spy("third")]
    content = {"stock": [1, 2, 3], "ok": True}
    loops: list[object] = []

    def first() -> bool:  # what a function returns is nobody's business
        spies[0].function()
        return False

    async def second() -> str:
        loops.append(asyncio.get_running_loop())
        await spies[1].function()
        return "stop"

    functions = [first, second, spies[2].function, first]
    given = [*functions]
    app = _app_for(bench, respond_then, content, given, loops)
    other = bench.spy("other")
    _app_for(bench, respond_then, {}, [other.function])  # is never sent
    sending = _Sending(app, lambda: any(spy.called for spy in spies))
    with bench.serve(app, inside=sending) as server:
        reply = bench.expect(server.client.get("/go"))
        server.settle()
        bench.comes(lambda: sum(len(spy.calls) for spy in spies) >= len(functions))
        bench.finish()
    _look_at_content(reply, content)
    if server.timeline.tasks or app.state.brings_tasks:  # only Starlette's own BackgroundTask makes one
        raise NotYet("starlettes-tasks")
    for spy in spies:
        if spy.called and not _after_response(server, spy, 0, "response"):
            raise NotYet("before-the-end" if sending.first else "before-response", name=spy)
    called = [spy for spy in spies if spy.called]
    if spies[1] not in called and spies[2] in called:
        raise NotYet("coroutine-lost", name=spies[1])
    if server.errors:
        raise NotYet("task-error", error=describe(server.errors[0]))
    for spy in spies:
        if not spy.called:
            raise NotYet("not-run", name=spy, total=len(spies), count=len(called))
    if other.called:
        raise NotYet("others-functions", name=other)
    if loops[0] is not loops[1]:
        raise NotYet("async-elsewhere", name=spies[1])
    if given != functions:
        raise NotYet("changes-the-list", total=len(functions), count=len(given))
    return [name for _, name in sorted((call.at, spy.name) for spy in spies for call in spy.calls)]


def _one_at_a_time(
    bench: Bench,
    respond_then: Callable[..., Response],
    kind: Literal["sync", "async"],
    other: Literal["sync", "async"],
) -> None:
    gate, last_gate = bench.gate("first"), bench.gate("second")
    first, second = bench.spy("first", kind, gate=gate), bench.spy("second", other, gate=last_gate)
    app = _app_for(bench, respond_then, {}, [first.function, second.function])
    until_the_end = _UntilTheEnd(app)
    with bench.serve(app, inside=until_the_end) as server:
        pending = server.submit("GET", "/go")
        patiently(lambda: first.called or second.called)
        if other_order := second.called and not first.called:
            last_gate.open()
        first.wait()
        _leaves_the_loop_free(bench, server, first, kind)
        patiently(lambda: second.called, _MEETING_SECONDS)  # who waits for a moment only
        overlap = second.called and second.calls[0].at > first.calls[0].at  # else the order is wrong
        left_behind = until_the_end.ended
        gate.open()
        pending.result()
        bench.comes(lambda: second.called or bool(server.errors))
        if overlap:
            raise NotYet("overlap", first=first, second=second)
        if left_behind:
            raise NotYet("left-behind", name=first)
        if not second.called and server.errors:
            raise NotYet("not-to-the-end", name=first, error=describe(server.errors[0]))
        if not second.called:
            raise NotYet("not-run", name=second, total=2, count=1)
        _leaves_the_loop_free(bench, server, second, other)
        if until_the_end.ended and not other_order:
            raise NotYet("left-behind", name=second)
        last_gate.open()
        server.settle()


def _leaves_the_loop_free(bench: Bench, server: Server, spy: Spy, kind: str) -> None:
    """While this spy is held at its gate, the event loop has its turns."""
    if kind == "sync" and spy.calls[0].thread == "event loop":
        raise NotYet("loop-blocked", name=spy)
    if not bench.rest() and not server.turn(timeout=_TURN_SECONDS):
        raise NotYet("loop-waits", name=spy)


class _Sending:
    """An app, and whether its response had begun when this, whatever it is, had not yet happened."""

    def __init__(self, app: FastAPI, happened: Callable[[], bool]) -> None:
        self._app = app
        self._happened = happened
        self.first = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the app."""

        async def look_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.first = not self._happened()
            await send(message)

        await self._app(scope, receive, look_and_send)


class _UntilTheEnd:
    """An app, and whether its answer to a request has come to its end."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the app."""
        await self._app(scope, receive, send)
        self.ended = self.ended or scope["type"] == "http"


_MANY = 24
_CONTENTS: Sequence[Any] = ([], {}, None, "text", 0, 2.5, {"name": "Zoë"}, ["a long text "] * 2000)


def _content_is_json(bench: Bench, respond_then: Callable[..., Response]) -> None:
    for content in _CONTENTS:
        with bench.serve(_app_for(bench, respond_then, content, [])) as server:
            reply = bench.expect(server.client.get("/go"))
        _look_at_content(reply, content)


def _however_many_they_are(bench: Bench, respond_then: Callable[..., Response]) -> None:
    spies = [bench.spy(f"number_{number}", "async" if number % 2 else "sync") for number in range(_MANY)]
    functions = [spy.function for spy in spies]
    for time in (1, 2):
        with bench.serve(_app_for(bench, respond_then, {}, functions)) as server:
            bench.expect(server.client.get("/go"))
            server.settle()
            bench.finish()
        for spy in spies:
            if not spy.called:
                raise NotYet("not-run", name=spy, total=_MANY, count=sum(each.called for each in spies))
            if len(spy.calls) < time:
                raise NotYet("not-run-again", name=spy)


def _app_for(
    bench: Bench,
    respond_then: Callable[..., Response],
    content: object,
    functions: list[Callable[[], Any]],
    loops: list[object] | None = None,
) -> FastAPI:
    response = bench.call(respond_then, content, functions)
    if not isinstance(response, Response):
        raise NotYet("not-a-response", got=type(response).__name__)
    app = FastAPI()
    app.state.brings_tasks = getattr(response, "background", None) is not None

    @app.get("/go")
    async def go() -> Response:
        if loops is not None:
            loops.append(asyncio.get_running_loop())
        return response

    return app


def _look_at_content(reply: httpx.Response, content: object) -> None:
    expected = json.dumps(content, ensure_ascii=False)
    try:
        same = bool(reply.json() == content)
    except ValueError:
        same = False
    if not same:
        raise NotYet("wrong-body", got=shown(reply.text), expected=_beginning(expected))
    if (kind := reply.headers.get("content-type", "")).partition(";")[0] != "application/json":
        raise NotYet("other-type", got=shown(kind), expected=_beginning(expected))


def _beginning(text: str) -> str:
    return text if len(text) < 100 else f"{text[:100]}…"
