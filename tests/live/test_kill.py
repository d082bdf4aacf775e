"""Programs that do not want to end."""

import asyncio
import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from starlette.background import BackgroundTask

from course.live import Gate, Server, _hooks, serve
from course.live.threads import thread_frames
from tests.live.conftest import new_threads

FOREVER = 60.0  # seconds; long after the deadline of every test


def spin() -> None:
    until = time.monotonic() + FOREVER
    while time.monotonic() < until:
        pass


def app_with(
    *, endpoint: Callable[..., Any] | None = None, task: Callable[..., Any] | None = None
) -> FastAPI:
    app = FastAPI()

    @app.get("/task")
    async def leave(tasks: BackgroundTasks) -> None:
        assert task is not None
        tasks.add_task(task)

    if endpoint is not None:
        app.get("/endpoint")(endpoint)
    return app


def killed(server: Server, deadline: float = 4) -> list[str]:
    start = time.monotonic()
    left = server.kill(deadline)
    assert time.monotonic() - start < deadline + 10
    assert not server.running
    return left


def leftovers() -> list[str]:
    names = ("bench server", "AnyIO worker thread", "spinner")
    return [thread.name for thread in new_threads() if thread.name.startswith(names)]


def spin_in_a_coroutine(inside: Gate) -> Callable[[], Any]:
    async def endless() -> None:
        inside.open()
        spin()

    return endless


def spin_in_a_thread(inside: Gate) -> Callable[[], Any]:
    def endless() -> None:
        inside.open()
        spin()

    return endless


def swallow_every_exception(inside: Gate) -> Callable[[], Any]:
    def endless() -> None:
        inside.open()
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

    return endless


def swallow_the_cancellation(inside: Gate) -> Callable[[], Any]:
    async def endless() -> None:
        while True:
            try:
                inside.open()
                await asyncio.sleep(FOREVER)
            except BaseException:
                if (loop := asyncio.events._get_running_loop()) is None or loop.is_closed():
                    raise

    return endless


def start_a_hundred_threads(inside: Gate) -> Callable[[], Any]:
    def start() -> None:
        for _ in range(100):
            threading.Thread(target=spin, name="spinner").start()
            inside.open()

    return start


def kill_it(server: Server) -> None:
    assert killed(server) == []


def stop_it(server: Server) -> None:
    server.stop(grace=0)


@pytest.mark.parametrize(
    ("program", "end"),
    [
        (spin_in_a_coroutine, kill_it),
        (spin_in_a_thread, kill_it),
        (spin_in_a_thread, stop_it),
        (swallow_every_exception, kill_it),
        (swallow_the_cancellation, kill_it),
        (start_a_hundred_threads, kill_it),
    ],
)
def test_a_task_that_does_not_end_by_itself(
    program: Callable[[Gate], Callable[[], Any]], end: Callable[[Server], None]
) -> None:
    inside = Gate("inside")
    with serve(app_with(task=program(inside))) as server:
        server.client.get("/task")
        inside.wait()
        end(server)
    assert leftovers() == []


def test_an_endpoint_that_does_not_end_by_itself() -> None:
    inside = Gate("inside")
    with serve(app_with(endpoint=spin_in_a_coroutine(inside))) as server:
        server.submit("GET", "/endpoint")
        inside.wait()
        assert killed(server) == []
    assert leftovers() == []


@pytest.mark.parametrize("is_async", [True, False])
def test_sys_exit_in_a_task_stops_nothing(is_async: bool) -> None:
    async def exit_async() -> None:
        sys.exit(3)

    def exit_sync() -> None:
        sys.exit(3)

    with serve(app_with(task=exit_async if is_async else exit_sync)) as server:
        assert server.client.get("/task").status_code == 200
        server.settle()
        assert server.client.get("/task").status_code == 200
        server.settle()
        assert [type(error) for error in server.errors] == [SystemExit, SystemExit]


def test_what_cannot_be_ended_is_named_and_keeps_python_from_nothing() -> None:
    program = """
import time
import weakref
from course.live import Gate, serve
from fastapi import BackgroundTasks, FastAPI
app, inside = FastAPI(), Gate("inside")

def sleep():
    inside.open()
    time.sleep(60)

@app.get("/")
async def index(tasks: BackgroundTasks):
    tasks.add_task(sleep)

with serve(app) as server:
    server.client.get("/")
    inside.wait()
    print(server.kill(deadline=0.3))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.strip() == "['AnyIO worker thread']"
    assert done.stderr == ""


def test_a_pool_of_the_notebook_survives() -> None:
    with ThreadPoolExecutor(1) as pool:

        async def endpoint() -> None:
            await asyncio.get_running_loop().run_in_executor(pool, int)

        with serve(app_with(endpoint=endpoint)) as server:
            server.client.get("/endpoint")
            assert killed(server) == []
        assert pool.submit(int).result(5) == 0


def test_the_next_server_is_unharmed() -> None:
    inside = Gate("inside")
    server = serve(app_with(endpoint=spin_in_a_coroutine(inside)))
    server.submit("GET", "/endpoint")
    inside.wait()
    server.kill()
    with serve(app_with(task=int)) as other:
        assert other.client.get("/task").status_code == 200
        other.settle()
        assert [task.outcome for task in other.timeline.tasks] == ["done"]


@pytest.mark.parametrize("enabled", [True, False])
def test_no_garbage_collection_while_frames_are_taken(enabled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Python 3.11 it can stop the whole process for ever."""
    monkeypatch.setattr(sys, "_current_frames", lambda: {0: gc.isenabled()})
    (gc.enable if enabled else gc.disable)()
    try:
        assert thread_frames() == {0: False}
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_frames_that_were_looked_at_hold_nothing_once_their_thread_has_ended() -> None:
    inside, over = threading.Event(), threading.Event()
    kept: list[weakref.ref[threading.Event]] = []

    def work() -> None:
        mine = threading.Event()
        kept.append(weakref.ref(mine))
        inside.set()
        over.wait(60)

    def look(ident: int | None) -> None:
        frames = thread_frames()
        assert ident in frames
        assert threading.get_ident() not in frames

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(60)
    gc.disable()
    try:
        look(thread.ident)
        over.set()
        thread.join()
        assert kept[0]() is None
    finally:
        gc.enable()


def test_no_hook_is_left_by_a_server_that_was_ended_while_it_took_them_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_away, inside = _hooks.uninstall, Gate()

    def interrupted(user: object) -> None:
        if threading.current_thread() is thread and not inside.is_open:
            inside.open()
            raise SystemExit
        take_away(user)

    before = (BackgroundTask.__call__, threading.Thread.start)
    monkeypatch.setattr(_hooks, "uninstall", interrupted)
    server = serve(app_with(task=int))
    (thread,) = [each for each in threading.enumerate() if each.name == "bench server"]
    assert BackgroundTask.__call__ is not before[0]
    server.kill()
    assert inside.is_open
    assert (BackgroundTask.__call__, threading.Thread.start) == before


def test_hooks_are_installed_even_if_a_thread_was_ended_with_their_lock() -> None:
    thread = threading.Thread(target=lambda: _hooks._lock.acquire())
    thread.start()
    thread.join()
    before = BackgroundTask.__call__
    with serve(app_with(task=int)) as server:
        assert server.client.get("/task").status_code == 200
        assert BackgroundTask.__call__ is not before
    assert BackgroundTask.__call__ is before
