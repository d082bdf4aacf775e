"""Responses that begin when a check wants them to."""

import asyncio
import threading

from fastapi import BackgroundTasks, FastAPI

from course.live import serve
from course.practice.overlap import Overlap


def test_two_requests_meet() -> None:
    app = FastAPI()
    latest: list[int] = []
    seen: list[int] = []

    @app.post("/{number}")
    async def endpoint(number: int, tasks: BackgroundTasks) -> None:
        latest[:] = [number]
        tasks.add_task(lambda: seen.extend(latest))

    overlap = Overlap(app)
    with serve(overlap) as server:
        server.client.post("/1")
        server.settle()
        overlap.together(2)
        for pending in [server.submit("POST", "/2"), server.submit("POST", "/3")]:
            pending.result()
        server.settle()
    assert seen[0] == 1
    assert len(set(seen[1:])) == 1, "both endpoints had run before the first task began"


def test_a_thread_of_the_endpoint_is_ahead_of_the_response_a_task_of_the_loop_is_not() -> None:
    app = FastAPI()
    seen: list[str] = []
    kept = set()

    async def later() -> None:
        seen.append("task")

    @app.post("/")
    async def endpoint() -> None:
        threading.Thread(target=lambda: seen.append("thread")).start()
        kept.add(asyncio.create_task(later()))

    async def app_and_note(scope, receive, send):  # type: ignore[no-untyped-def]
        async def noting(message):  # type: ignore[no-untyped-def]
            seen.append(message["type"])
            await send(message)

        await Overlap(app)(scope, receive, noting if scope["type"] == "http" else send)

    with serve(app_and_note) as server:
        server.client.post("/")
        server.settle()
    assert seen.index("thread") < seen.index("http.response.start")


def test_what_is_early_comes_before_the_response_also_on_the_loop() -> None:
    app = FastAPI()
    seen: list[str] = []
    kept = set()

    async def beside() -> None:
        seen.append("beside the request")

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        kept.add(asyncio.create_task(beside()))
        tasks.add_task(seen.append, "behind the response")

    async def app_and_note(scope, receive, send):  # type: ignore[no-untyped-def]
        async def noting(message):  # type: ignore[no-untyped-def]
            seen.append(message["type"])
            await send(message)

        overlap = Overlap(app, early=lambda: len(seen))
        await overlap(scope, receive, noting if scope["type"] == "http" else send)

    with serve(app_and_note) as server:
        server.client.post("/")
        server.settle()
    assert seen[:2] == ["beside the request", "http.response.start"]
    assert seen[-1] == "behind the response"
