"""Clients that give up, streams that end early, connections that are closed."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

from course.facts import Seen, fact
from course.facts._experiments import in_order, saw, serve_plain
from course.live import Gate, GateTimeout, serve


@fact("F2b", "A client that gives up stops neither the endpoint nor its task.")
def giving_up() -> Seen:
    """The client's time-out is over before the endpoint returns; a def endpoint and an async one."""
    app, log, gone = FastAPI(), list[str](), Gate("the client has gone")

    @app.get("/def")
    def endpoint(tasks: BackgroundTasks) -> None:
        gone.wait(20)
        log.append("endpoint")
        tasks.add_task(log.append, "task")

    @app.get("/async")
    async def async_endpoint(tasks: BackgroundTasks) -> None:
        await gone.wait_async(20)
        log.append("async endpoint")
        tasks.add_task(log.append, "its task")

    for path in ("/def", "/async"):
        with serve(app) as server:
            with contextlib.suppress(httpx.ReadTimeout):
                server.client.get(path, timeout=httpx.Timeout(20, read=0.1))
                log.append("no time-out")
            server.client.close()
            gone.open()
            server.settle()
        gone = Gate("the client has gone")
    return in_order(log, "endpoint", "task", "async endpoint", "its task")


@fact(
    "F2c",
    "Under uvicorn a stream whose client hangs up is over, and its task runs; under a server of ASGI 2.4 the "
    "stream fails, and no task runs. Behind the last yield of a StreamingResponse that really waits, all its "
    "rows have left, if no BaseHTTPMiddleware is around it.",
)
def hanging_up() -> Seen:
    """A long stream that loses its reader, and a short one that does not."""
    app, log, whole = FastAPI(), list[str](), list[int]()

    async def stream_of(rows: int) -> AsyncIterator[bytes]:
        for _ in range(rows):
            yield b"row"
            await asyncio.sleep(0.005)
        whole.append(rows)

    @app.get("/")
    async def stream(tasks: BackgroundTasks, rows: int = 1_000_000) -> Response:
        if rows > 3:
            tasks.add_task(log.append, "task")
        return StreamingResponse(stream_of(rows))

    with serve(app) as server:
        with server.client.stream("GET", "/") as reply:
            next(reply.iter_bytes())
        server.settle()
        server.client.get("/?rows=3")
        server.settle()
        errors = len(server.errors)
    ran = len(log)
    failed = asyncio.run(_under_asgi_2_4(app))
    return saw(
        {
            "uvicorn: the task ran, no error": (ran, errors) == (1, 0),
            f"behind the last yield: the stream of {whole} rows": whole == [3],
            f"ASGI 2.4: {failed}, no task": failed == "ClientDisconnect" and len(log) == ran,
        }
    )


@fact(
    "F2g",
    "Under uvicorn an endpoint that yields into an EventSourceResponse is cancelled after a hang-up only "
    "when its tasks have ended, and not if it stands at a yield then; before that it goes on beside them.",
)
def events_go_on() -> Seen:
    """Endpoint and task each wait for the other after the hang-up; then the endpoint waits without end.

    Another endpoint yields rows without end.
    """
    app, log, thrown = FastAPI(), list[str](), set[str]()
    task_began, went_on = Gate("the task began"), Gate("the endpoint went on")

    async def task() -> None:
        task_began.open()
        with contextlib.suppress(GateTimeout):
            await went_on.wait_async(5)
        log.append("task ends")

    @app.get("/", response_class=EventSourceResponse)
    async def events(tasks: BackgroundTasks) -> AsyncIterator[int]:
        tasks.add_task(task)
        yield 0
        try:
            await task_began.wait_async(20)
            log.append("endpoint goes on")
            went_on.open()
            await asyncio.Event().wait()
        finally:
            log.append("endpoint is over")

    @app.get("/rows", response_class=EventSourceResponse)
    async def many(tasks: BackgroundTasks) -> AsyncIterator[int]:
        tasks.add_task(asyncio.sleep, 0.1)
        try:
            while True:
                yield 0
                await asyncio.sleep(0)
        except BaseException as error:
            thrown.add(type(error).__name__)
            raise

    with serve(app) as server:
        for path in ("/", "/rows"):
            with server.client.stream("GET", path) as reply:
                next(reply.iter_raw())
            server.settle()
    seen = in_order(log, "endpoint goes on", "task ends", "endpoint is over")
    return saw(
        {
            "endpoint goes on, task ends, endpoint is over": seen.holds,
            f"at a yield: {thrown}": thrown == {"GeneratorExit"},
        }
    )


@fact("F2d", "The response of a stream ends after the code behind its last yield; the client waits for it.")
def behind_the_last_yield() -> Seen:
    """Code that ends when the client has its reply, or after two seconds."""
    app, log, replied = FastAPI(), list[str](), Gate("the client has its reply")

    async def rows() -> AsyncIterator[bytes]:
        yield b"the only row"
        with contextlib.suppress(GateTimeout):
            await replied.wait_async(2)
        log.append("code ends")

    app.get("/")(lambda: StreamingResponse(rows()))
    with serve(app) as server:
        server.client.get("/", timeout=60)
        log.append("reply")
        replied.open()
        server.settle()
    return in_order(log, "code ends", "reply")


@fact(
    "F2e",
    "After a hang-up an async generator that never waits goes on to its end in a StreamingResponse that is "
    "returned, also if it awaits what is already there; one that waits is cancelled, and so is a def "
    "generator.",
)
def hung_up_on() -> Seen:
    """Twenty megabytes for a client that leaves after the first row, with an await after each or not."""
    app, log = FastAPI(), list[str]()

    async def at_once() -> None:
        pass

    async def rows(then: Callable[[], Awaitable[None]] | None, kind: str) -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000
            if then is not None:
                await then()
        log.append(kind)

    def plain_rows() -> Iterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000
        log.append("def generator")

    app.get("/def")(lambda: StreamingResponse(plain_rows()))
    app.get("/waits")(lambda: StreamingResponse(rows(lambda: asyncio.sleep(0), "waits")))
    app.get("/never-awaits")(lambda: StreamingResponse(rows(None, "never awaits")))
    app.get("/awaits")(lambda: StreamingResponse(rows(at_once, "awaits what is there")))
    with serve(app) as server:
        for path in ("/def", "/waits", "/never-awaits", "/awaits"):
            with server.client.stream("GET", path) as reply:
                next(reply.iter_raw())
            server.settle()
    return in_order(log, "never awaits", "awaits what is there")


@fact(
    "F2f",
    "The generator of an endpoint that yields into an EventSourceResponse is ahead of what is sent; so is "
    "each below an @app.middleware or another BaseHTTPMiddleware; that of another StreamingResponse is not.",
)
def events_run_ahead() -> Seen:
    """One row for a server that is still busy sending it."""
    app, below, inside, log = FastAPI(), FastAPI(), FastAPI(), list[str]()

    async def rows(kind: str) -> AsyncIterator[str]:
        yield "row"
        log.append(f"{kind} is behind its last yield")

    @app.get("/events", response_class=EventSourceResponse)
    async def events() -> AsyncIterator[str]:
        async for row in rows("EventSourceResponse"):
            yield row

    @below.middleware("http")
    async def around(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        return await call_next(request)

    class Around(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            return await call_next(request)

    inside.add_middleware(Around)
    app.get("/stream")(lambda: StreamingResponse(rows("StreamingResponse")))
    inside.get("/stream")(lambda: StreamingResponse(rows("StreamingResponse below a class")))
    below.get("/stream")(lambda: StreamingResponse(rows("StreamingResponse below a middleware")))

    async def ask(app: FastAPI, path: str) -> None:
        sending = asyncio.Event()

        async def send(message: Any) -> None:
            if message.get("body"):
                sending.set()
                await asyncio.Event().wait()

        scope: Any = _scope(path, "2.3")
        request = asyncio.create_task(app(scope, asyncio.Event().wait, send))  # type: ignore[arg-type]
        await sending.wait()
        for _ in range(200):
            await asyncio.sleep(0)
        request.cancel()
        await asyncio.wait([request])

    for one, path in ((app, "/stream"), (app, "/events"), (below, "/stream"), (inside, "/stream")):
        asyncio.run(ask(one, path))
    ahead = (
        "EventSourceResponse",
        "StreamingResponse below a middleware",
        "StreamingResponse below a class",
    )
    return in_order(log, *(f"{kind} is behind its last yield" for kind in ahead))


async def _under_asgi_2_4(app: FastAPI) -> str:
    """What comes out of the app when the server cannot send the body."""

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    try:
        await app(_scope("/", "2.4"), asyncio.Event().wait, send)  # type: ignore[arg-type]
    except Exception as error:
        return type(error).__name__
    return "no error"


def _scope(path: str, spec_version: str) -> dict[str, Any]:
    """What a server that keeps to this version of ASGI hands to an app for a GET."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": spec_version},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 9),
    }


@fact("F3b", "uvicorn closes a connection that is idle for five seconds, while a task runs as well.")
def idle_connections() -> Seen:
    """A connection that waits for its end while the task of its only request is held."""
    app, gate, log = FastAPI(), Gate("the connection is closed"), list[str]()

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(gate.wait_async, 20)
        tasks.add_task(log.append, "task ended")

    with serve_plain(uvicorn.Config(app, timeout_keep_alive=0, log_config=None)) as client:
        url = client.base_url
        with socket.create_connection((url.host, url.port or 80), timeout=20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
            while connection.recv(4096):
                pass
            closed_first = not log
            gate.open()
    seconds = uvicorn.Config(app, log_config=None).timeout_keep_alive
    return saw(
        {"closed while the task was held": closed_first, f"by default after {seconds} s": seconds == 5}
    )


@fact(
    "F3c",
    "Over HTTP/2 requests share a connection, a task holds up no other, and its failure resets no other.",
    known=["uvicorn>=0.54", "zttp"],
    needs=["zttp", "h2"],
)
def http_2() -> Seen:
    """Requests on one connection, behind a held task and beside one that fails."""
    app, log = FastAPI(), list[str]()
    held, failed = Gate("the next request is answered"), Gate("the other task has failed")

    @app.get("/held")
    async def with_held_task(tasks: BackgroundTasks) -> None:
        tasks.add_task(held.wait_async, 20)
        tasks.add_task(log.append, "held task ended")

    @app.get("/next")
    async def next_one() -> None:
        log.append("next request")
        held.open()

    @app.get("/slow")
    async def slow() -> str:
        await failed.wait_async(20)
        return "whole"

    def fail() -> None:
        failed.open()
        raise ValueError

    @app.get("/fail")
    async def failing(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    async def ask(url: httpx.URL) -> tuple[str, str]:
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
            base_url=url, http1=False, http2=True, limits=limits, timeout=20, trust_env=False
        ) as client:
            version = (await client.get("/held")).http_version
            await client.get("/next")
            beside, _ = await asyncio.gather(client.get("/slow"), client.get("/fail"))
            return version, beside.text

    config = uvicorn.Config(app, http="zttp", http2=True, log_config=None)
    with serve_plain(config) as plain:
        version, text = asyncio.run(ask(plain.base_url))
    return saw(
        {
            version: version == "HTTP/2",
            "a held task held up nobody": log[0] == "next request",
            "beside a failed task the other reply was whole": text == '"whole"',
        }
    )
