"""Relations of events, and the text face."""

import asyncio
import contextlib
import functools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response
from starlette.background import BackgroundTask
from starlette.middleware.base import BaseHTTPMiddleware

from course.live import Event, Gate, Timeline, faster, mark, serve
from course.timeline.model import shown


def after(*tasks: Callable[..., Any], **options: Any) -> FastAPI:
    """An app whose endpoint leaves these tasks."""
    app = FastAPI(**options)

    @app.post("/register", status_code=201)
    async def register(background_tasks: BackgroundTasks) -> None:
        for task in tasks:
            background_tasks.add_task(task)

    return app


def once(app: FastAPI, method: str = "POST", path: str = "/register") -> Timeline:
    with serve(app) as server:
        server.client.request(method, path)
        server.settle()
        return server.timeline


LANES = ("event loop", "worker thread", "worker thread 2", "own thread 1", "notebook", "client", "client 3")


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("lane", [*LANES, "another client"])
def test_the_names_that_the_bench_gives_to_lanes_are_translated(lane: str) -> None:
    assert "⟦" in shown(lane)


def text_of(app: FastAPI, method: str = "POST", path: str = "/register") -> str:
    return str(once(app, method, path))


async def first() -> None:
    mark("in first")
    await asyncio.sleep(0)


def second() -> None:
    mark("in second")


def test_relations() -> None:
    timeline = once(after(first, second, first))
    assert timeline.before("register", "first")
    assert timeline.before("response", "first")
    assert timeline.before("first", "second")
    assert timeline.before("second", "first#2")
    assert not timeline.before("second", "first")
    assert timeline.before("in first", "in second")
    assert timeline.overlap("first", "in first")
    assert not timeline.overlap("first", "second")
    assert timeline.before("request", "first") == timeline.before("reply", "first")
    assert timeline.start("POST /register") == timeline.start("request#1") == timeline.requests[0].sent
    assert timeline.duration("first") == timeline.end("first#1") - timeline.start("first") > 0
    assert timeline.duration("response") == 0
    event = next(event for event in timeline.events if event.kind == "task_ended")
    assert isinstance(event, Event)
    assert (event.name, event.lane, event.request) == ("first#1", "event loop", "POST /register#1")
    assert timeline.end("first") == timeline.start(event)
    assert [task.thread for task in timeline.tasks] == ["event loop", "worker thread", "event loop"]
    assert [task.name for task in timeline.tasks] == ["first#1", "second#1", "first#2"]


def test_events_have_kinds_in_an_order_that_causes_fix() -> None:
    kinds = [event.kind for event in once(after(second)).events if event.kind != "client_has_it"]
    assert kinds == [
        *("request_sent", "handler_started", "endpoint_started", "response_started", "response_complete"),
        *("task_queued", "task_started", "mark", "task_ended", "request_ended"),
    ]


def test_unknown_names_list_the_known_ones() -> None:
    timeline = once(after(second))
    known = "'second', 'in second', 'POST /register', 'register', 'request', 'response', 'reply'"
    with pytest.raises(LookupError, match=rf"There is no 'secnd' in this timeline\. There is: {known}\."):
        timeline.before("response", "secnd")
    with serve(FastAPI()) as server, pytest.raises(LookupError, match="nothing has happened yet"):
        server.timeline.start("x")


def test_a_timeline_of_what_still_runs() -> None:
    inside, gate = Gate("inside"), Gate("hold")

    async def held() -> None:
        inside.open()
        await gate.wait_async()

    with serve(after(held)) as server:
        server.client.post("/register")
        inside.wait()
        timeline = server.timeline
        gate.open()
        server.settle()
    assert "held (event loop): still running" in str(timeline)
    with pytest.raises(LookupError, match="'held' has not ended yet"):
        timeline.end("held")
    assert "held (event loop): done" in str(server.timeline)


def test_names_of_what_can_be_called() -> None:
    class Mailer:
        def send(self) -> None: ...

        async def __call__(self) -> None: ...

    timeline = once(
        after(functools.partial(first), Mailer().send, Mailer(), functools.partial(Mailer().send))
    )
    assert [task.name for task in timeline.tasks] == ["first#1", "send#1", "Mailer#1", "send#2"]


def test_where_it_ran_and_how_it_ended() -> None:
    def fails() -> None:
        raise ValueError(f"at {object()!r}")

    assert text_of(after(first, second, fails, first)) == (
        "client: POST /register\n"
        "  register() (event loop)\n"
        "  response 201\n"
        "  first (event loop): done\n"
        "    - in first\n"
        "  second (worker thread): done\n"
        "    - in second\n"
        "  fails (worker thread): failed, ValueError: at <object object at 0x…>"
    )


def test_an_error_of_the_endpoint() -> None:
    app = FastAPI()

    @app.get("/")
    def index() -> None:
        raise ValueError("boom")

    assert text_of(app, "GET", "/") == (
        "client: GET /\n  index() (worker thread)\n  response 500\n  raised ValueError: boom"
    )


def test_an_exception_with_a_handler_is_replaced_after_the_response() -> None:
    def refuse() -> None:
        raise HTTPException(418)

    text = text_of(after(refuse))
    assert (
        "refuse (worker thread): failed, HTTPException: 418: I'm a Teapot\n  raised RuntimeError: Caught"
        in text
    )


def test_a_coroutine_that_is_lost() -> None:
    assert "<lambda> (worker thread): returned a coroutine that nobody awaited" in text_of(
        after(lambda: first())
    )


def lazily() -> Iterator[None]:
    yield


class Awaited:
    def __await__(self) -> Iterator[None]:
        yield


@pytest.mark.parametrize(
    ("task", "what"),
    [
        (lazily, "a generator that nobody looped over"),
        (lambda: map(print, "ab"), "a generator that nobody looped over"),
        (lambda: Future(), "a future that nobody waited for"),
        (contextlib.contextmanager(lazily), "a context manager that nobody entered"),
        (lambda: Awaited(), "an awaitable that nobody awaited"),
    ],
)
def test_other_work_that_is_lost(task: Callable[[], object], what: str) -> None:
    timeline = once(after(task))
    assert f"(worker thread): returned {what}" in str(timeline)
    assert ": nobody " in timeline.svg()


def test_an_async_generator_function_is_lost_work_too() -> None:
    async def numbers() -> AsyncIterator[int]:
        yield 1

    assert "numbers (worker thread): returned a generator that nobody looped over" in text_of(after(numbers))


def test_marks_keep_their_place_around_the_response() -> None:
    app = FastAPI()

    async def session() -> AsyncIterator[None]:
        mark("session opened")
        yield
        mark("session closed")

    @app.post("/register")
    async def register(tasks: BackgroundTasks, _: Annotated[None, Depends(session)]) -> None:
        mark("saved")
        tasks.add_task(second)

    assert text_of(app).splitlines()[2:] == [
        *("  - session opened", "  - saved", "  response 200"),
        *("  second (worker thread): done", "    - in second", "  - session closed"),
    ]


def test_what_runs_beside_is_said_to() -> None:
    app = FastAPI()

    async def child(name: str) -> None:
        mark(f"{name} 1")
        await asyncio.sleep(0)
        mark(f"{name} 2")

    @app.post("/register")
    async def register() -> None:
        mark("before")
        await asyncio.gather(child("b"), child("a"))
        thread = threading.Thread(target=mark, args=("own thread",))
        thread.start()
        await asyncio.to_thread(thread.join)
        mark("after")

    assert text_of(app).splitlines()[2:] == [
        *("  - before", "  - after", "  response 200", "  beside it, in no fixed order:"),
        *("    - a 1", "    - a 2", "    - b 1", "    - b 2", "    - own thread"),
    ]


def test_behind_a_middleware_the_tasks_still_follow_the_response() -> None:
    app = after(first, second)

    async def dispatch(request: Any, call_next: Any) -> Any:
        mark("middleware")
        return await call_next(request)

    app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)
    assert text_of(app).splitlines()[2:] == [
        *("  - middleware", "  response 201"),
        *(
            "  first (event loop): done",
            "    - in first",
            "  second (worker thread): done",
            "    - in second",
        ),
    ]


def test_a_task_of_the_response_itself() -> None:
    app = FastAPI()

    @app.get("/")
    async def index() -> Response:
        return Response(background=BackgroundTask(second))

    assert "second (worker thread): done" in text_of(app, "GET", "/")


def test_several_clients_and_the_notebook() -> None:
    with serve(after()) as server:
        server.mark("begin")
        server.client.post("/register")
        server.submit("POST", "/register").result()
        server.new_client("bob").get("/nothing")
        server.mark("end")
        server.settle()
        assert str(server.timeline).splitlines() == [
            "notebook: begin",
            *("client: POST /register#1", "  register() (event loop)", "  response 201"),
            *("client 2: POST /register#2", "  register() (event loop)", "  response 201"),
            *("bob: GET /nothing", "  response 404"),
            "notebook: end",
        ]


def test_clients_without_a_name_are_numbered_from_one() -> None:
    with serve(after()) as server:
        for _ in range(2):
            server.submit("POST", "/register").result()
        server.settle()
        assert [r.lane for r in server.timeline.requests] == ["client 1", "client 2"]
        server.client.post("/register")
        server.settle()
        assert [r.lane for r in server.timeline.requests] == ["client 2", "client 3", "client"]


def test_an_endpoint_that_was_not_called_is_not_shown() -> None:
    """Validation and dependencies come first, and may answer for it."""
    app = FastAPI()

    def refuse() -> None:
        raise HTTPException(403)

    @app.get("/numbers/{number}")
    def numbers(number: int) -> None: ...

    @app.get("/refused", dependencies=[Depends(refuse)])
    async def refused() -> None: ...

    with serve(app) as server:
        for path in ["/numbers/one", "/refused", "/nowhere", "/numbers/1"]:
            server.client.get(path)
        server.settle()
    timeline = server.timeline
    assert [one.endpoint for one in timeline.requests] == [None, None, None, "numbers"]
    assert "refused()" not in str(timeline)
    assert timeline.svg().count("answered before an endpoint") >= 3


def test_an_endpoint_begins_after_its_dependencies() -> None:
    app = FastAPI()

    async def slow() -> None:
        mark("dependency done")

    @app.get("/", dependencies=[Depends(slow)])
    async def index() -> None: ...

    with serve(app) as server:
        server.client.get("/")
        server.settle()
    assert server.timeline.before("dependency done", "index")
    (one,) = server.timeline.requests
    assert one.received is not None
    assert one.endpoint_started is not None
    assert one.received < one.endpoint_started


def test_clients_of_other_threads_come_by_name() -> None:
    with serve(after()) as server:
        both = threading.Barrier(2)

        def ask(name: str) -> None:
            client = server.new_client(name)
            both.wait()
            client.get(f"/{name}")

        threads = [threading.Thread(target=ask, args=(name,)) for name in ("client 10", "client 9")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert str(server.timeline).splitlines()[::2] == [
            "client 9: GET /client 9",
            "client 10: GET /client 10",
        ]


def test_many_that_did_the_same_are_told_once() -> None:
    with serve(after(second)) as server:
        for pending in [server.submit("POST", "/register") for _ in range(5)]:
            pending.result()
        server.settle()
        assert str(server.timeline).startswith("5 clients: POST /register, each\n  register() (event loop)\n")
        server.clear()
        for _ in range(4):
            server.client.post("/register")
        server.settle()
        assert str(server.timeline).startswith("client: POST /register, 4 times, each\n")


def test_a_mark_outside_of_a_bench_does_nothing() -> None:
    mark("nobody listens")
    asyncio.run(first())


def test_the_longest_time_without_a_tick() -> None:
    async def block() -> None:
        time.sleep(0.1)

    with serve(after(block), pulse=0.005) as server:
        server.client.post("/register")
        server.settle()
        server.client.post("/nothing")  # by now the loop has ticked again
        assert server.timeline.longest_pulse_gap() >= 0.1
    with serve(after()) as server, pytest.raises(LookupError, match="Start the server with serve"):
        server.timeline.longest_pulse_gap()


def test_faster() -> None:
    assert faster(lambda: None, lambda: time.sleep(0.01), times=2)
    assert not faster(lambda: time.sleep(0.01), lambda: None, times=2)


def test_both_faces_are_there_for_the_front_end() -> None:
    timeline = once(after(second))
    bundle = timeline._repr_mimebundle_()
    assert bundle["text/plain"] == str(timeline) == repr(timeline)
    assert bundle["text/html"] == timeline.svg()
    with serve(FastAPI()) as server:
        assert str(server.timeline) == "Nothing has happened yet."
        assert "Nothing has happened yet." in server.timeline.svg()
