"""Event loops in notebooks."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
import threading
import warnings
from collections.abc import Coroutine
from typing import Any

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI
from fastapi.testclient import TestClient

from course.facts import Seen, fact
from course.live import OtherKernel
from course.live.loops import listen


def _in_a_running_loop(cell: Coroutine[Any, Any, str]) -> str:
    """What a cell returns: a kernel is an event loop that runs already."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(cell)
    except RuntimeError as error:
        return str(error)
    finally:
        loop.close()


@fact("F80", "TestClient needs no nest_asyncio in a notebook: it runs the app in a thread of its own.")
def test_client_in_a_running_loop() -> Seen:
    """A request of TestClient in a loop that runs, and where the task ran."""
    app, threads = FastAPI(), []

    async def task() -> None:
        threads.append(threading.current_thread())

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    async def cell() -> str:
        return str(TestClient(app).get("/").status_code)

    status = _in_a_running_loop(cell())
    elsewhere = bool(threads) and threads[0] is not threading.current_thread()
    return Seen(status == "200" and elsewhere, f"{status}; the app ran in another thread: {elsewhere}")


@fact(
    "F81",
    "A cell may await; asyncio.run in a cell raises RuntimeError, for the kernel is a running event loop.",
)
def a_cell_may_await() -> Seen:
    """Both in a kernel."""
    with OtherKernel() as kernel:
        awaited = repr(kernel.run("import asyncio\nprint(await asyncio.sleep(0, 'awaited'))", timeout=60))
        run = repr(kernel.run("asyncio.run(asyncio.sleep(0))", timeout=60))
    refused = run.startswith("RuntimeError: asyncio.run() cannot be called from a running event loop")
    return Seen(awaited == "awaited" and refused, f"{awaited}; {run}")


@fact("F81b", "In a thread that a cell starts, asyncio.run works: a new thread has no loop yet.")
def a_thread_may_run() -> Seen:
    """A kernel, and a cell that hands asyncio.run to a thread."""
    with OtherKernel() as kernel:
        cell = "import asyncio\nprint(await asyncio.to_thread(asyncio.run, asyncio.sleep(0, 'it ran')))"
        seen = repr(kernel.run(cell, timeout=60))
    return Seen(seen == "it ran", seen)


@fact(
    "F82",
    "A server on the loop that runs the cells does not answer a client that blocks in a cell; one that "
    "awaits gets its answer.",
)
def server_on_the_kernels_loop() -> Seen:
    """Both clients, in a coroutine on the server's loop."""
    app = FastAPI()
    app.get("/")(lambda: None)

    async def cells() -> tuple[str, int]:
        server, listener = uvicorn.Server(uvicorn.Config(app, log_config=None)), listen()
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            blocked = str(httpx.get(url, timeout=httpx.Timeout(20, read=0.5), trust_env=False).status_code)
        except httpx.ReadTimeout:
            blocked = "no answer"
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            awaited = (await client.get(url)).status_code
        server.should_exit = True
        await serving
        return blocked, awaited

    seen = asyncio.run(cells())
    return Seen(seen == ("no answer", 200), "blocking: {}, awaiting: {}".format(*seen))


def _patched(module: str) -> tuple[str, str, str]:
    """With a patch: what asyncio.run gives in a running loop, whether it warns, what a time-out does."""

    async def within_a_time_out() -> str:
        async with asyncio.timeout(60):
            return "works"

    async def cell() -> str:
        patch.apply()
        return asyncio.run(asyncio.sleep(0, "ran"))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        patch = importlib.import_module(module)
        result = _in_a_running_loop(cell())
        timeout = _in_a_running_loop(within_a_time_out())
    warned = any(issubclass(one.category, DeprecationWarning) and module in one.filename for one in caught)
    return result, "warned" if warned else "no warning", timeout


@fact(
    "F84",
    "With nest_asyncio, asyncio.run runs in a cell. On Python 3.14 it warns, and no time-out works any more: "
    "tasks do not know that they run.",
)
def nest_asyncio() -> Seen:
    """asyncio.run in a loop that runs, and asyncio.timeout in a task."""
    broken = ("ran", "warned", "Timeout should be used inside a task")
    seen = _patched("nest_asyncio")
    expected = broken if sys.version_info >= (3, 14) else ("ran", "no warning", "works")
    return Seen(seen == expected, "asyncio.run: {}, {}; asyncio.timeout: {}".format(*seen))


@fact(
    "F84b",
    "Since Python 3.12 asyncio.run has a parameter loop_factory; the asyncio.run of nest_asyncio has none.",
)
def no_loop_factory() -> Seen:
    """The parameters of asyncio.run before and after the patch."""
    before = "loop_factory" in inspect.signature(asyncio.run).parameters
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module("nest_asyncio").apply(asyncio.new_event_loop())
    after = "loop_factory" in inspect.signature(asyncio.run).parameters
    expected = (sys.version_info >= (3, 12), False)
    return Seen((before, after) == expected, f"loop_factory: {before}, patched: {after}")


@fact("F85", "nest_asyncio2, the living fork, does the same, on Python 3.14 without these troubles.")
def nest_asyncio_2() -> Seen:
    """asyncio.run in a loop that runs, and asyncio.timeout in a task."""
    seen = _patched("nest_asyncio2")
    return Seen(
        seen == ("ran", "no warning", "works"), "asyncio.run: {}, {}; asyncio.timeout: {}".format(*seen)
    )


@fact(
    "F86",
    "In a kernel with nest_asyncio, a forgotten task sleeps on and wakes up in the next asyncio.run, where "
    "the real one cancels it; and every task is one written in Python.",
)
def what_the_patch_changes() -> Seen:
    """A task that is left over, and the class of tasks, before and after the patch."""
    happened: list[str] = []

    async def background() -> None:
        try:
            await asyncio.sleep(0.01)
            happened.append("woke up")
        except asyncio.CancelledError:
            happened.append("cancelled")
            raise

    async def forget() -> None:
        kept.append(asyncio.create_task(background()))
        await asyncio.sleep(0)

    def left_over() -> list[str]:
        happened.clear()
        asyncio.run(forget())
        at_its_end = list(happened) or ["still there"]
        asyncio.run(asyncio.sleep(0.05))
        return at_its_end + happened[:]

    kept: list[asyncio.Task[None]] = []
    before, class_before = left_over(), asyncio.Task.__module__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nest_asyncio = importlib.import_module("nest_asyncio")
        nest_asyncio.apply(asyncio.new_event_loop())
        after, class_after = left_over(), asyncio.Task.__module__
    return Seen(
        before[0] == "cancelled"
        and after == ["still there", "woke up"]
        and (class_before, class_after) == ("_asyncio", "asyncio.tasks"),
        f"left over: {before[0]}, patched: {', '.join(after)}; tasks of {class_before}, then {class_after}",
    )
