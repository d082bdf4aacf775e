"""What stands between the server and the endpoint, and which context variables a task sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

import uvicorn
from fastapi import BackgroundTasks, Depends, FastAPI, Request, WebSocket
from fastapi.sse import EventSourceResponse
from fastapi.testclient import TestClient
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from course.facts import Seen, fact
from course.facts._experiments import in_order, quiet_client, saw, serve_plain
from course.live import serve


class _Silent:
    """Ends every request without a word."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)


async def _pass_on(request: Request, call_next: RequestResponseEndpoint) -> Response:
    return await call_next(request)


def _error_of(app: FastAPI) -> str:
    try:
        status = TestClient(app).get("/").status_code
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"status {status}"


@fact(
    "F36",
    "'No response returned.' is what BaseHTTPMiddleware says when nothing inside it has sent a response; a "
    "task that fails does not cause it.",
)
def no_response_returned() -> Seen:
    """The same outer middleware around a silent app, and around an endpoint whose task fails."""
    silent, failing = FastAPI(), FastAPI()
    silent.add_middleware(_Silent)
    for app in (silent, failing):
        app.add_middleware(BaseHTTPMiddleware, dispatch=_pass_on)

    def fail() -> None:
        raise ValueError("the task")

    @failing.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    seen = _error_of(silent), _error_of(failing)
    return Seen(
        seen == ("RuntimeError: No response returned.", "ValueError: the task"),
        f"silent app: {seen[0]}; failing task: {seen[1]}",
    )


_user = ContextVar("user", default="nobody")


async def _set() -> None:
    _user.set("Ada")


def _set_in_thread() -> None:
    _user.set("Ada")


class _Sets:
    """A pure ASGI middleware that sets the variable for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as the app does."""
        _user.set("Ada")
        await self._app(scope, receive, send)


@fact(
    "F28",
    "A task sees what an async def dependency or endpoint that returns has set, not what a def one has set.",
)
def who_sees_it() -> Seen:
    """Set in five places, read in a def task and in an async def task."""
    seen = dict[str, set[str]]()

    def note(place: str) -> None:
        seen.setdefault(place, set()).add(_user.get())

    async def note_async(place: str) -> None:
        note(place)

    def read(tasks: BackgroundTasks, place: str) -> None:
        tasks.add_task(note, place)
        tasks.add_task(note_async, place)

    app, behind = FastAPI(), FastAPI()

    @app.get("/async-endpoint")
    async def async_endpoint(tasks: BackgroundTasks) -> None:
        await _set()
        read(tasks, "async endpoint")

    @app.get("/def-endpoint")
    def def_endpoint(tasks: BackgroundTasks) -> None:
        _set_in_thread()
        read(tasks, "def endpoint")

    @app.get("/async-dependency", dependencies=[Depends(_set)])
    def async_dependency(tasks: BackgroundTasks) -> None:
        read(tasks, "async dependency")

    @app.get("/def-dependency", dependencies=[Depends(_set_in_thread)])
    async def def_dependency(tasks: BackgroundTasks) -> None:
        read(tasks, "def dependency")

    @behind.get("/")
    def behind_middleware(tasks: BackgroundTasks) -> None:
        read(tasks, "ASGI middleware")

    client = quiet_client(app)
    for path in ("async-endpoint", "def-endpoint", "async-dependency", "def-dependency"):
        client.get(f"/{path}")
    quiet_client(_Sets(behind)).get("/")
    expected = {
        "async endpoint": {"Ada"},
        "def endpoint": {"nobody"},
        "async dependency": {"Ada"},
        "def dependency": {"nobody"},
        "ASGI middleware": {"Ada"},
    }
    said = "; ".join(f"{place}: {'/'.join(sorted(names))}" for place, names in seen.items())
    return Seen(seen == expected, said)


@fact(
    "A1b",
    "An @app.middleware is a BaseHTTPMiddleware. It runs endpoint and tasks in an asyncio task of their own; "
    "its call_next returns before the tasks run, and a pure ASGI middleware is around them.",
)
def around() -> Seen:
    """Which asyncio task is whose, and who is done when."""
    app, log, whose = FastAPI(), list[str](), dict[str, object]()

    @app.middleware("http")
    async def inner(request: Request, call_next: RequestResponseEndpoint) -> Response:
        whose["middleware"] = asyncio.current_task()
        response = await call_next(request)
        log.append("@app.middleware")
        return response

    async def task() -> None:
        whose["task"] = asyncio.current_task()
        log.append("task")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        whose["endpoint"] = asyncio.current_task()
        tasks.add_task(task)

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        if scope["type"] == "http":
            log.append("pure ASGI")

    with serve(outer) as server:
        server.client.get("/")
        server.settle()
    seen = in_order(log, "@app.middleware", "task", "pure ASGI")
    same = whose["task"] is whose["endpoint"], whose["task"] is whose["middleware"]
    kinds: list[object] = [middleware.cls for middleware in app.user_middleware]
    return Seen(
        seen.holds and same == (True, False) and kinds == [BaseHTTPMiddleware],
        f"{seen.evidence}; the endpoint's, the request's: {same}; {kinds}",
    )


@fact(
    "F28c",
    "Under uvicorn an endpoint that yields runs in another asyncio task than its background tasks, which do "
    "not see what it sets.",
)
def yielding_endpoints() -> Seen:
    """JSON lines, server-sent events and a stream, each with a background task."""
    app, seen = FastAPI(), list[bool]()

    async def note(endpoint: object) -> None:
        seen.append(_user.get() == "nobody" and asyncio.current_task() is not endpoint)

    async def endpoint(tasks: BackgroundTasks) -> AsyncIterator[str]:
        await _set()
        tasks.add_task(note, asyncio.current_task())
        yield "row"

    app.get("/json-lines")(endpoint)
    app.get("/events", response_class=EventSourceResponse)(endpoint)
    app.get("/stream", response_class=StreamingResponse)(endpoint)
    paths = ("/json-lines", "/events", "/stream")
    with serve(app) as server:
        for path in paths:
            server.client.get(path)
            server.settle()
    return saw(dict(zip(paths, seen, strict=True)))


@fact(
    "F28b",
    "A header may hold bytes that are no UTF-8, and control characters; latin-1 reads them all. A WebSocket "
    "has headers, too.",
)
def bytes_of_a_header() -> Seen:
    """What a server hands to a middleware."""
    seen = list[bytes]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        seen.append(headers[b"x-request-id"])
        await Response()(scope, receive, send)

    with serve(app) as server:
        server.client.get("/", headers=[(b"x-request-id", b"caf\xe9\x1b")])
    sockets = list[str]()
    shop = FastAPI()

    @shop.websocket("/")
    async def socket(websocket: WebSocket) -> None:
        sockets.append(dict(websocket.scope["headers"])[b"x-request-id"].decode("latin-1"))
        await websocket.accept()
        await websocket.close()

    with TestClient(shop).websocket_connect("/", headers={"x-request-id": "caf"}):
        pass
    try:
        seen[0].decode()
        refused = False
    except UnicodeDecodeError:
        refused = True
    read = seen[0].decode("latin-1")
    return saw(
        {"no UTF-8": refused, "read as latin-1": read == "caf\xe9\x1b", "in a WebSocket": sockets == ["caf"]}
    )


@fact("F29", "After a large request body the next request on the connection may start with old variables.")
def left_over() -> Seen:
    """A variable set during an upload of 3 MB, and read by the next request over the same connection."""
    app = FastAPI()

    @app.post("/large")
    async def large(request: Request) -> None:
        await _set()
        await request.body()

    @app.get("/next")
    async def following() -> str:
        return _user.get()

    def left(**settings: Any) -> str:
        with serve_plain(uvicorn.Config(app, loop="asyncio", **settings)) as client:
            for _ in range(5):  # it depends on how much of a body arrives at a time
                client.post("/large", content=b"x" * 3_000_000)
                seen = str(client.get("/next").json())
                if seen == "Ada":
                    break
            return seen

    seen, reset = left(), left(reset_contextvars=True)
    said = f"the next request starts with {seen!r}; with --reset-contextvars: {reset!r}"
    return Seen((seen, reset) == ("Ada", "nobody"), said)
