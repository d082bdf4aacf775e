"""The text face says the same however busy the machine is."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from fastapi import BackgroundTasks, FastAPI

from course.live import Gate, mark, serve

RUNS = 25


@pytest.fixture
def busy() -> Iterator[None]:
    """Two processes that take what they can get."""
    command = [sys.executable, "-c", "import time\nend = time.time() + 60\nwhile time.time() < end: pass"]
    spinners = [subprocess.Popen(command) for _ in range(2)]
    yield
    for spinner in spinners:
        spinner.kill()
        spinner.wait()


def make_app(gate: Gate) -> FastAPI:
    app = FastAPI()

    def send() -> None:
        mark("sent")

    async def count() -> None:
        await asyncio.sleep(0)
        mark("counted")

    def fail() -> None:
        raise ValueError("smtp is down")

    @app.post("/register", status_code=201)
    async def register(tasks: BackgroundTasks) -> None:
        mark("saved")
        for task in (send, count, send, fail, count):
            tasks.add_task(task)

    @app.get("/report")
    def report(tasks: BackgroundTasks) -> None:
        tasks.add_task(count)

    @app.get("/held")
    async def held(tasks: BackgroundTasks) -> None:
        await gate.wait_async()
        await asyncio.gather(count(), count())
        tasks.add_task(send)

    return app


def run() -> str:
    gate = Gate()
    with serve(make_app(gate), pulse=0.01) as server:
        pending = [
            server.submit("GET", "/held"),
            server.submit("GET", "/report"),
            server.submit("POST", "/register"),
        ]
        server.client.get("/report")
        gate.open()
        server.mark("gate opened")
        server.client.post("/register")
        for one in pending:
            one.result()
        server.settle()
        return str(server.timeline)


@pytest.mark.usefixtures("busy")
def test_identical_beside_two_busy_processes() -> None:
    texts = {run() for _ in range(RUNS)}
    assert len(texts) == 1
    (text,) = texts
    assert text.count("fail (worker thread): failed, ValueError: smtp is down") == 2
