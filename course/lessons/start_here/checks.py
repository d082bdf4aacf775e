"""The check of lesson 00's exercise."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from fastapi import FastAPI

from course.practice import Bench, NotYet, exercise, shown

_NAMES = ("pong", 'Ada "the first"', "Zoë")
_ODD_NAMES = (
    "",
    " Bob ",
    "42",
    "{} of {name}, 100 %s",
    "ﬁne, Zoe\u0308",
    "Honorificabilitudinitas" * 3,
)
_REQUESTS = 12
_OTHER = "somebody-else"


@exercise("start.ping", wants=("build_ping",))
def check_ping(bench: Bench, build_ping: Callable[..., FastAPI]) -> Mapping[str, Any]:
    """GET /ping answers with the name that was handed in, at every request and of every app."""
    for name in (*_NAMES, *_ODD_NAMES):
        _answers(bench, bench.call(build_ping, name), name)
    apps = [bench.call(build_ping, name) for name in _NAMES]
    _answers(bench, apps[0], _NAMES[0], later=_NAMES[-1])
    return {"count": len(_NAMES) + len(_ODD_NAMES)}


def _answers(bench: Bench, app: FastAPI, name: str, later: str | None = None) -> None:
    with bench.serve(app, name="build_ping") as server:
        for _ in range(_REQUESTS):
            _is_the_pong(bench.expect(server.client.get("/ping")), name, later)
        reply = bench.expect(server.client.get("/ping", params={"name": _OTHER}))
        if _OTHER in reply.text:
            raise NotYet("name-of-the-request", name=name, other=_OTHER, got=shown(reply.text))


def _is_the_pong(reply: httpx.Response, name: str, later: str | None) -> None:
    expected = {"pong": name}
    try:
        body = reply.json()
    except ValueError:  # of the JSON, or of the text that it would be
        raise NotYet("not-json", name=name, got=shown(reply.content)) from None
    if body == expected:
        if (kind := reply.headers.get("content-type", "")).partition(";")[0] != "application/json":
            raise NotYet("other-type", got=shown(kind))
        return
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
