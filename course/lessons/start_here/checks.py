"""The check of lesson 00's exercise."""

import asyncio
import itertools
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from course.live import Server
from course.practice import Bench, NotYet, describe, exercise, shown
from course.practice.overlap import Overlap

_NAMES = ("pong", 'Ada "the first"', "Zoë")
_ODD_NAMES = (
    "",
    " Bob ",
    "42",
    "{} of {name}, 100 %s",
    "ﬁne, Zoe\u0308",
    "C:\\temp\\",
    "\x01, \u2028 and \x7f",
    "Honorificabilitudinitas" * 3,
)
_ALIKE = (
    ("Bob", "bob"),
    (" Bob ", "Bob"),
    ("Zoe\u0308", "Zoë"),
    ("Honorificabilitudinitas" * 3, "Honorificabilitudinitas" * 3 + "!"),
)
_REQUESTS = 12
_AT_ONCE = 5
_OK = 200
_OTHER = "somebody-else"
_NOT_THERE = (("GET", "/"), ("GET", "/pong"), ("GET", "/ping/again"), ("POST", "/ping"))
_REFUSED = (404, 405)


@exercise("start.ping", wants=("build_ping",))
def check_ping(bench: Bench, build_ping: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """GET /ping answers with the name that was handed in, at every request and of every app."""
    for name in (*_NAMES, *_ODD_NAMES):
        _answers(bench, bench.call(build_ping, name), name)
    apps = [bench.call(build_ping, name) for name in _NAMES]
    _answers(bench, apps[0], _NAMES[0], later=_NAMES[-1])
    _answers_together(bench, bench.call(build_ping, _NAMES[0]), _NAMES[0])
    _answers_nothing_else(bench, bench.call(build_ping, _NAMES[0]))
    for pair in _ALIKE:  # the last picture is that of one ping
        _each_keeps_its_own(bench, build_ping, pair)
    return {"count": len({*_NAMES, *_ODD_NAMES, *itertools.chain(*_ALIKE)})}


def _answers(bench: Bench, app: FastAPI, name: str, later: str | None = None) -> None:
    with bench.serve(app, name="build_ping") as server:
        for count in range(_REQUESTS):
            reply = server.client.get("/ping")
            if count and reply.status_code != _OK:
                raise _why_no_more(server, reply.status_code, count)
            if count and not _is_pong(reply, name):
                raise NotYet("other-later", count=count, got=shown(reply.content))
            _is_the_pong(bench.expect(reply), name, later)
        reply = bench.expect(server.client.get("/ping", params={"name": _OTHER}))
        if _OTHER in reply.text:
            raise NotYet("name-of-the-request", name=name, other=_OTHER, got=shown(reply.text))


def _why_no_more(server: Server, status: int, count: int) -> NotYet:
    """The first requests had their pong, and the next one has not."""
    server.settle()
    if server.errors:
        return NotYet("used-up", status=status, count=count, error=describe(server.errors[-1]))
    return NotYet("no-more", status=status, count=count)


def _each_keeps_its_own(bench: Bench, build_ping: Callable[..., FastAPI], names: tuple[str, str]) -> None:
    """Two names that are nearly the same have an app each."""
    apps = [bench.call(build_ping, name) for name in names]
    others = {*_NAMES, *_ODD_NAMES, *names}
    for app, name in zip(apps, names, strict=True):
        with bench.serve(app, name="build_ping") as server:
            reply = bench.expect(server.client.get("/ping"))
        _is_the_pong(reply, name, others=others - {name})


def _answers_together(bench: Bench, app: FastAPI, name: str) -> None:
    """Requests that come at the same time are answered as those that come alone."""
    meeting = _Meeting(app)
    with bench.serve(app, name="build_ping", inside=meeting) as server:
        meeting.together(_AT_ONCE)
        for pending in [server.submit("GET", "/ping") for _ in range(_AT_ONCE)]:
            reply = pending.result()
            if reply.status_code != _OK:
                raise NotYet("one-at-a-time", count=_AT_ONCE, status=reply.status_code)
            _is_the_pong(reply, name)


def _answers_nothing_else(bench: Bench, app: FastAPI) -> None:
    with bench.serve(app, name="build_ping") as server:
        for method, path in _NOT_THERE:
            reply = server.client.request(method, path)
            if reply.status_code not in _REFUSED:
                raise NotYet("answers-others", request=f"{method} {path}", status=reply.status_code)


class _Meeting:
    """An app whose next requests begin at the same time, and whose responses do, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = Overlap(app)
        self._missing = 0
        self._all_there = asyncio.Event()

    def together(self, number: int) -> None:
        """Let the next ``number`` requests wait for each other."""
        self._missing, self._all_there = number, asyncio.Event()
        self._app.together(number)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the app."""
        if scope["type"] == "http" and self._missing:
            self._missing -= 1
            if not self._missing:
                self._all_there.set()
            await self._all_there.wait()
        await self._app(scope, receive, send)


def _is_pong(reply: httpx.Response, name: str) -> bool:
    try:
        return bool(reply.json() == {"pong": name})
    except ValueError:
        return False


def _is_the_pong(
    reply: httpx.Response, name: str, later: str | None = None, others: Collection[str] = ()
) -> None:
    expected = {"pong": name}
    try:
        body = reply.json()
    except ValueError:  # of the JSON, or of the text that it would be
        raise NotYet("not-json", name=name, got=shown(reply.content)) from None
    if body == expected:
        if (kind := reply.headers.get("content-type", "")).partition(";")[0] != "application/json":
            raise NotYet("other-type", got=shown(kind))
        return
    for other in others:
        if body == {"pong": other}:
            raise NotYet("alike", name=name, other=other)
    if later is not None:
        raise NotYet("last-name", name=name, later=later, got=shown(body))
    if isinstance(body, dict) and list(body) == ["pong"] and isinstance(body["pong"], str):
        alike = body["pong"][:1].casefold() == name[:1].casefold()
        miss = "changed-name" if alike or name in _ODD_NAMES else "wrong-name"
        raise NotYet(miss, name=name, got=shown(body))
    raise NotYet("wrong-body", got=_json_of(body), expected=_json_of(expected))


def _json_of(body: Any) -> str:
    """A body as JSON has it: a text in quotes and a dict are not the same."""
    text = json.dumps(body, ensure_ascii=False)
    return text if len(text) < 100 else f"{text[:100]}…"
