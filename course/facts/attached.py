"""Which tasks run at all: those of the response that is sent."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, StreamingResponse
from starlette.background import BackgroundTask
from starlette.middleware.base import RequestResponseEndpoint

from course.facts import Seen, fact
from course.facts._experiments import in_order, quiet_client, saw
from course.live import Gate, GateTimeout


@fact(
    "F15",
    "Tasks run if the endpoint's own response is returned, valid and sent, with any status.",
)
def returned_or_raised() -> Seen:
    """The same status twice, and all other ways to fail; then all kinds of responses."""
    app, log = FastAPI(), list[str]()

    def task(tasks: BackgroundTasks, name: str) -> None:
        tasks.add_task(log.append, name)

    def before(tasks: BackgroundTasks) -> None:
        task(tasks, "422")

    @app.get("/returned")
    async def returned(tasks: BackgroundTasks) -> Response:
        task(tasks, "returned 400")
        return JSONResponse({"detail": "no"}, 400)

    @app.get("/raised")
    async def raised(tasks: BackgroundTasks) -> None:
        task(tasks, "raised 400")
        raise HTTPException(400, "no")

    @app.get("/crashed")
    async def crashed(tasks: BackgroundTasks) -> None:
        task(tasks, "crashed")
        raise ValueError

    @app.get("/invalid", response_model=int)
    async def invalid(tasks: BackgroundTasks) -> str:
        task(tasks, "invalid")
        return "no number"

    @app.get("/no-file")
    async def no_file(tasks: BackgroundTasks) -> Response:
        task(tasks, "no file")
        return FileResponse(Path("no-such-file"))

    @app.get("/broken")
    async def broken(tasks: BackgroundTasks) -> Response:
        task(tasks, "broken stream")
        return StreamingResponse(_broken())

    @app.get("/refused", dependencies=[Depends(before)])
    async def refused(number: int) -> None: ...

    client = quiet_client(app)
    paths = ("/returned", "/raised", "/crashed", "/invalid", "/no-file", "/broken", "/refused")
    replies = [client.get(path) for path in paths]
    statuses = [reply.status_code for reply in replies]
    alike = replies[0].json() == replies[1].json()
    said = f"statuses {statuses}; ran: {', '.join(log)}"
    expected = [400, 400, 500, 500, 500, 200, 422]
    return Seen(statuses == expected and alike and log == ["returned 400"], said)


def _broken(rows: int = 1) -> Iterator[bytes]:
    yield from [b"row"] * rows
    raise ConnectionError


@fact("F15b", "The response of an exception handler may bring a task; the injected ones stay behind.")
def handlers_task() -> Seen:
    """A handler with a task, an endpoint with another."""
    app, log = FastAPI(), list[str]()

    @app.exception_handler(HTTPException)
    async def handle(_: Request, __: Exception) -> Response:
        return JSONResponse({}, 400, background=BackgroundTask(log.append, "the handler's"))

    @app.get("/")
    async def raised(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "injected")
        raise HTTPException(400, "no")

    quiet_client(app).get("/")
    return in_order(log, "the handler's")


@fact("F15c", "An error in a stream comes too late for the response of its handler, and for that one's task.")
def handler_of_a_stream() -> Seen:
    """One error in an endpoint, the same in a stream, before its first row and after it."""
    app, log = FastAPI(), list[str]()

    @app.exception_handler(ConnectionError)
    async def handle(request: Request, _: Exception) -> Response:
        return JSONResponse({}, 500, background=BackgroundTask(log.append, request.url.path))

    @app.get("/endpoint")
    async def endpoint() -> None:
        raise ConnectionError

    app.get("/at-once")(lambda: StreamingResponse(_broken(rows=0)))
    app.get("/later")(lambda: StreamingResponse(_broken()))
    client = quiet_client(app)
    statuses = [client.get(path).status_code for path in ("/endpoint", "/at-once", "/later")]
    return Seen((statuses, log) == ([500, 200, 200], ["/endpoint"]), f"{statuses}, tasks ran for {log}")


@fact(
    "F15d",
    "A FileResponse that cannot give the Range asked for answers 416 or 400, and drops its tasks silently.",
)
def range_of_a_file() -> Seen:
    """A file with injected tasks, and one with a task of its own, asked for in parts."""
    app, log = FastAPI(), list[str]()

    @app.get("/injected")
    async def injected(tasks: BackgroundTasks) -> Response:
        tasks.add_task(log.append, "injected")
        return FileResponse(Path(__file__))

    @app.get("/own")
    async def own() -> Response:
        return FileResponse(Path(__file__), background=BackgroundTask(log.append, "own"))

    client = quiet_client(app)
    ranges = ("bytes=0-3", "bytes=9000000-", "bytes=9-3")
    statuses = [
        client.get(path, headers={"Range": r}).status_code for r in ranges for path in ("/injected", "/own")
    ]
    return Seen(
        (statuses, log) == ([206, 206, 416, 416, 400, 400], ["injected", "own"]),
        f"{statuses}, ran: {', '.join(log)}",
    )


@fact("F15e", "The tasks of a response that a middleware threw away after call_next run all the same.")
def thrown_away() -> Seen:
    """A middleware that answers something else."""
    app, log = FastAPI(), list[str]()

    @app.middleware("http")
    async def replace(request: Request, call_next: RequestResponseEndpoint) -> Response:
        await call_next(request)
        return JSONResponse({"detail": "something else"}, 503)

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "ran")

    status = quiet_client(app).get("/").status_code
    return Seen((status, log) == (503, ["ran"]), f"{status}, {', '.join(log) or 'did not run'}")


@fact("F15f", "With debug=True the handler of Exception is not called, so its response brings no task.")
def handler_and_debug() -> Seen:
    """The same app with and without."""
    log = list[str]()

    async def handle(request: Request, _: Exception) -> Response:
        return JSONResponse({}, 500, background=BackgroundTask(log.append, str(request.app.debug)))

    async def fail() -> None:
        raise ValueError

    for debug in (False, True):
        app = FastAPI(debug=debug)
        app.get("/")(fail)
        app.add_exception_handler(Exception, handle)
        quiet_client(app).get("/")
    return Seen(log == ["False"], f"debug where the task ran: {', '.join(log)}")


@fact("F16", "A response's own background task wins; the injected ones are dropped without a word.")
def own_task_wins() -> Seen:
    """With and without a task on the response; a dependency's task beside."""
    app, log = FastAPI(), list[str]()

    def dependency(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "dependency's")

    @app.get("/both", dependencies=[Depends(dependency)])
    async def both(tasks: BackgroundTasks) -> Response:
        tasks.add_task(log.append, "injected")
        return JSONResponse({}, background=BackgroundTask(log.append, "on the response"))

    @app.get("/parameter")
    async def parameter(tasks: BackgroundTasks, response: Response) -> None:
        response.background = BackgroundTask(log.append, "on the parameter")
        tasks.add_task(log.append, "beside the parameter's")

    client = quiet_client(app)
    statuses = [client.get(path).status_code for path in ("/both", "/parameter")]
    seen = in_order(log, "on the response", "beside the parameter's")
    return Seen(seen.holds and statuses == [200, 200], f"{statuses}, ran: {seen.evidence}")


@fact("F16b", "background=tasks makes one list of both; add_task returns None, which is no background.")
def one_list() -> Seen:
    """The injected tasks as the response's own, and what add_task returns."""
    app, log = FastAPI(), list[str]()

    @app.get("/merged")
    async def merged(tasks: BackgroundTasks) -> Response:
        tasks.add_task(log.append, "merged")
        return JSONResponse({}, background=tasks)

    @app.get("/set")
    async def later(tasks: BackgroundTasks) -> Response:
        response = JSONResponse({})
        response.background = tasks
        tasks.add_task(log.append, "set")
        return response

    returned: object = BackgroundTasks().add_task(log.append, "chained")  # type: ignore[func-returns-value]

    client = quiet_client(app)
    for path in ("/merged", "/set"):
        client.get(path)
    seen = in_order(log, "merged", "set")
    return Seen(seen.holds and returned is None, f"{seen.evidence}; add_task returned {returned}")


@fact("F16c", "A response object that is returned twice keeps the tasks of the first request.")
def one_response_for_all() -> Seen:
    """Two requests, each with a task of its own, that get one and the same response object."""
    app, log, same = FastAPI(), list[str](), Response(status_code=204)

    @app.get("/{number}")
    async def constant(number: int, tasks: BackgroundTasks) -> Response:
        tasks.add_task(log.append, f"task of request {number}")
        return same

    client = quiet_client(app)
    for number in (1, 2):
        client.get(f"/{number}")
    return in_order(log, "task of request 1", "task of request 1")


@fact(
    "F17", "All dependencies and the endpoint share one BackgroundTasks; tasks run in the order of the calls."
)
def one_object() -> Seen:
    """App, decorator, sub-dependency, dependency, endpoint."""
    log, objects = list[str](), list[BackgroundTasks]()

    def adds(name: str, tasks: BackgroundTasks) -> None:
        objects.append(tasks)
        tasks.add_task(log.append, name)

    def of_app(tasks: BackgroundTasks) -> None:
        adds("app", tasks)

    def of_decorator(tasks: BackgroundTasks) -> None:
        adds("decorator", tasks)

    def sub(tasks: BackgroundTasks) -> None:
        adds("sub-dependency", tasks)

    def dependency(tasks: BackgroundTasks, _: Annotated[None, Depends(sub)]) -> None:
        adds("dependency", tasks)

    app = FastAPI(dependencies=[Depends(of_app)])

    @app.get("/", dependencies=[Depends(of_decorator)])
    async def endpoint(tasks: BackgroundTasks, _: Annotated[None, Depends(dependency)]) -> None:
        adds("endpoint", tasks)

    quiet_client(app).get("/")
    seen = in_order(log, "app", "decorator", "sub-dependency", "dependency", "endpoint")
    return Seen(seen.holds and len(set(map(id, objects))) == 1, seen.evidence)


@fact(
    "F19",
    "A running task may add another; after a yield, and in a WebSocket route, it is too late, unless the "
    "route calls the list itself.",
)
def too_late() -> Seen:
    """Four places to add a task from."""
    app, log = FastAPI(), list[str]()

    @app.get("/running")
    async def running(tasks: BackgroundTasks) -> None:
        tasks.add_task(tasks.add_task, log.append, "from a running task")

    def late(tasks: BackgroundTasks) -> Iterator[None]:
        yield
        tasks.add_task(log.append, "after a yield")

    def early(tasks: BackgroundTasks) -> Iterator[None]:
        yield
        tasks.add_task(log.append, 'after a yield, scope="function"')

    app.get("/late", dependencies=[Depends(late)])(lambda: None)
    app.get("/early", dependencies=[Depends(early, scope="function")])(lambda: None)

    @app.websocket("/socket")
    async def socket(websocket: WebSocket, tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "from a WebSocket route")
        await websocket.accept()
        await websocket.close()

    @app.websocket("/cured")
    async def cured(websocket: WebSocket, tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "called by a WebSocket route")
        await websocket.accept()
        await websocket.close()
        await tasks()

    client = quiet_client(app)
    for path in ("/running", "/late", "/early"):
        client.get(path)
    for path in ("/socket", "/cured"):
        with client.websocket_connect(path):
            pass
    after_yield = 'after a yield, scope="function"'
    return in_order(log, "from a running task", after_yield, "called by a WebSocket route")


@fact("F19c", "Each call of a BackgroundTasks runs its whole list, which nobody empties.")
def called_after_each_message() -> Seen:
    """A WebSocket route that adds a task for each of two messages, and then calls the list it was given."""
    app, log = FastAPI(), list[str]()

    @app.websocket("/")
    async def socket(websocket: WebSocket, tasks: BackgroundTasks) -> None:
        await websocket.accept()
        async for text in websocket.iter_text():
            tasks.add_task(log.append, text)
            await tasks()
            await websocket.send_text("done")

    with quiet_client(app).websocket_connect("/") as client:
        for text in ("first", "second"):
            client.send_text(text)
            client.receive_text()
    return in_order(log, "first", "first", "second")


@fact("F19d", "In a WebSocket route, what is sent behind `await tasks()` waits until the tasks have ended.")
def sent_behind_the_tasks() -> Seen:
    """A task that ends when the client has its answer, or after a second."""
    app, log, answered = FastAPI(), list[str](), Gate("the client has its answer")

    async def task() -> None:
        with contextlib.suppress(GateTimeout):
            await answered.wait_async(1)
        log.append("task ended")

    @app.websocket("/")
    async def socket(websocket: WebSocket, tasks: BackgroundTasks) -> None:
        await websocket.accept()
        tasks.add_task(task)
        await tasks()
        await websocket.send_text("done")

    with quiet_client(app).websocket_connect("/") as client:
        client.receive_text()
        log.append("answer")
        answered.open()
    return in_order(log, "task ended", "answer")


@fact("F19b", "Tasks run behind responses of every kind: 202, 204, redirects, files, streams.")
def every_kind_of_response() -> Seen:
    """One route for each."""
    app, log = FastAPI(), list[str]()
    responses: dict[str, Callable[[], Response]] = {
        "202": lambda: JSONResponse({}, 202),
        "204": lambda: Response(status_code=204),
        "redirect": lambda: RedirectResponse("/"),
        "file": lambda: FileResponse(Path(__file__)),
        "stream": lambda: StreamingResponse(iter([b"a", b"b"])),
    }

    @app.get("/{kind}")
    async def endpoint(kind: str, tasks: BackgroundTasks) -> Response:
        tasks.add_task(log.append, kind)
        return responses[kind]()

    client = quiet_client(app)
    for kind in responses:
        client.get(f"/{kind}")
    return saw({f"behind {kind}": kind in log for kind in responses})
