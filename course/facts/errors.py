"""What an exception in a task affects, and which requests."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from course.facts import Seen, fact
from course.facts._experiments import saw
from course.live import Gate, serve
from course.tasks import guarded


async def _fail() -> None:
    raise ConnectionError("the invoice service is down")


@fact("F10", "An uncaught exception leaves the response as it was and skips the tasks behind it.")
def uncaught() -> Seen:
    """The first of two tasks fails; then somebody else asks."""
    app, log = FastAPI(), list[str]()

    @app.get("/fails", status_code=202)
    async def fails(tasks: BackgroundTasks) -> None:
        tasks.add_task(_fail)
        tasks.add_task(log.append, "behind it")

    @app.get("/other")
    async def other() -> None: ...

    with serve(app) as server:
        status = server.client.get("/fails").status_code
        server.settle()
        later = server.client.get("/other").status_code
        said = sum("Exception in ASGI application" in line for line in server.log)
    return saw(
        {
            "202": status == 202,
            "the task behind it was skipped": not log,
            "one line in the log": said == 1,
            "the server went on": later == 200,
        }
    )


@fact(
    "F11",
    "Over HTTP/1.1 an exception that leaves a task closes the connection, with whatever is on its way on it.",
)
def innocent_request() -> Seen:
    """A second request over the same connection is at work while the first one's task fails."""
    outcome = _beside(_fail)
    return Seen("RemoteProtocolError" in outcome, outcome)


@fact("F12", "With a guard the next task runs, and nobody else's request is broken.")
def guard() -> Seen:
    """The same, guarded; a def task too."""
    app, log = FastAPI(), list[str]()

    def fail() -> None:
        raise ConnectionError

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        for task in (fail, _fail):
            tasks.add_task(guarded(task))
        tasks.add_task(log.append, "the next task")

    with serve(app) as server:
        server.client.get("/")
        server.settle()
        left = [*log, *map(repr, server.errors)]
    outcome = _beside(guarded(_fail))
    return saw({"the next task ran": left == ["the next task"], outcome: outcome == "200"})


def _beside(task: Callable[[], Awaitable[None]]) -> str:
    """What happens to a request on the connection of another one whose task ends during it."""
    app = FastAPI()
    here, may_fail, over = Gate("the second is here"), Gate("may fail"), Gate("the task is over")

    async def later() -> None:
        await may_fail.wait_async(20)
        try:
            await task()
        finally:
            over.open()

    @app.get("/task")
    async def with_task(tasks: BackgroundTasks) -> None:
        tasks.add_task(later)

    @app.get("/innocent")
    async def innocent() -> None:
        here.open()
        await over.wait_async(20)
        await asyncio.sleep(0.05)  # the server reacts to the failure now

    with serve(app) as server, ThreadPoolExecutor(1) as second:
        server.client.get("/task")
        answer = second.submit(_ask, server.client)  # the same client, the same connection
        here.wait(20)
        may_fail.open()
        return answer.result(20)


def _ask(client: httpx.Client) -> str:
    try:
        return str(client.get("/innocent").status_code)
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"


class _OutOfStock(Exception):
    """An error for which the app has a handler."""


@fact("F13", "For a task's exception the handler of Exception is called, that of its own class is not.")
def handlers() -> Seen:
    """Three exceptions, and who is called for each."""
    app, called = FastAPI(), list[str]()

    @app.exception_handler(_OutOfStock)
    async def own(_: Request, __: Exception) -> Response:
        called.append("own handler")
        return JSONResponse({}, 409)

    @app.exception_handler(Exception)
    async def general(_: Request, error: Exception) -> Response:
        cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
        called.append(type(error).__name__ + cause)
        return JSONResponse({}, 500)

    async def fail(error: Exception) -> None:
        raise error

    errors = {"value": ValueError(), "stock": _OutOfStock(), "http": HTTPException(418)}

    @app.get("/{kind}", status_code=202)
    async def endpoint(kind: str, tasks: BackgroundTasks) -> None:
        tasks.add_task(fail, errors[kind])

    statuses = []
    for kind in errors:
        with serve(app) as server:
            statuses.append(server.client.get(f"/{kind}").status_code)
            server.settle()
    expected = ["ValueError", "RuntimeError from _OutOfStock", "RuntimeError from HTTPException"]
    holds = called == expected and statuses == [202, 202, 202]
    return Seen(holds, f"{statuses}, the general handler got: {', '.join(called)}")


@fact(
    "F14",
    "SystemExit, KeyboardInterrupt and CancelledError in a task do not stop the server, without an "
    "@app.middleware and outside of a TaskGroup.",
)
def strong_exceptions() -> Seen:
    """What the server's process does about each, and the task behind it."""
    observed = dict[str, bool]()
    for kind in (SystemExit, KeyboardInterrupt, asyncio.CancelledError):
        app, log = FastAPI(), list[str]()
        app.get("/")(_endpoint_that_leaves(kind, log))
        app.get("/other")(lambda: None)
        with serve(app) as server:
            first = server.client.get("/").status_code
            server.settle()
            second = server.client.get("/other").status_code
        observed[f"{kind.__name__}: 200, next task skipped, server goes on"] = (
            first == second == 200 and not log
        )
    return saw(observed)


def _endpoint_that_leaves(kind: type[BaseException], log: list[str]) -> Callable[..., Awaitable[None]]:
    async def leave() -> None:
        raise kind

    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(leave)
        tasks.add_task(log.append, "behind it")

    return endpoint
