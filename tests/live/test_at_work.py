"""Whether anybody still works for an app: what no request waits for."""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from queue import Queue

import anyio.to_thread
import pytest
from fastapi import BackgroundTasks, FastAPI

from course.live import Gate, Server, serve
from course.live.at_work import busy, without_job
from course.tasks import TaskManager


def eventually(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def works_until(gate: Gate, start: Callable[[Gate], object]) -> Server:
    app = FastAPI()

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(lambda: None)  # a worker thread that waits in its pool afterwards
        start(gate)

    with serve(app) as server:
        server.client.post("/")
        server.settle()
        assert server.at_work
        gate.open()
        assert eventually(lambda: not server.at_work)
    return server


def test_a_server_with_nothing_to_do_is_not_at_work() -> None:
    app = FastAPI()

    @app.get("/")
    def endpoint() -> None: ...

    with serve(app, pulse=0.01) as server:
        assert not server.at_work
        server.client.get("/")
        server.settle()
        assert eventually(lambda: not server.at_work)
    assert not server.at_work


def test_an_asyncio_task_that_nobody_awaits() -> None:
    kept = []
    works_until(Gate(), lambda gate: kept.append(asyncio.create_task(gate.wait_async())))


def test_a_thread_of_the_apps_own() -> None:
    works_until(Gate(), lambda gate: threading.Thread(target=gate.wait).start())


def test_a_call_in_an_executor() -> None:
    works_until(Gate(), lambda gate: asyncio.get_running_loop().run_in_executor(None, gate.wait))


def test_a_worker_of_the_lifespan_works_until_the_shutdown() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        queue: asyncio.Queue[None] = asyncio.Queue()
        worker = asyncio.create_task(queue.get())
        yield
        await queue.put(None)
        await worker

    with serve(FastAPI(lifespan=lifespan)) as server:
        assert server.at_work
    assert not server.at_work


def test_a_thread_that_waits_in_a_pool_is_not_busy() -> None:
    gate = Gate()
    threads: list[threading.Thread] = []

    def work() -> None:
        threads.append(threading.current_thread())
        gate.wait()

    async def both() -> None:
        held = [
            asyncio.ensure_future(anyio.to_thread.run_sync(work)),
            asyncio.ensure_future(asyncio.to_thread(work)),
        ]
        while len(threads) < 2:
            await asyncio.sleep(0.001)
        assert set(busy(threads)) == set(threads)
        gate.open()
        await asyncio.gather(*held)
        while busy(threads):
            await asyncio.sleep(0.001)
        assert all(thread.is_alive() for thread in threads)

    asyncio.run(both())


def test_a_thread_that_starts_another_one_is_busy() -> None:
    may_begin = threading.Event()

    class BeginsLate(threading.Thread):
        def _bootstrap_inner(self) -> None:  # what a thread does before it counts as alive
            may_begin.wait()
            super()._bootstrap_inner()  # type: ignore[misc]

    late = BeginsLate()
    parent = threading.Thread(target=late.start)
    parent.start()
    try:
        assert eventually(lambda: late in threading._limbo.values())  # type: ignore[attr-defined]
        assert not late.is_alive()
        assert busy([parent, late]) == [parent]
    finally:
        may_begin.set()
        parent.join()
        late.join()


def test_a_thread_of_a_task_manager_has_a_job_or_none() -> None:
    gate, begun = Gate(), threading.Event()
    manager = TaskManager()

    def job() -> None:
        begun.set()
        gate.wait()

    manager.add_task("job", job)
    runs = threading.Thread(target=lambda: asyncio.run(manager.run()))
    before = without_job(threading.enumerate())
    runs.start()
    assert begun.wait(60)
    assert without_job(threading.enumerate()) <= before
    gate.open()
    runs.join()
    assert eventually(lambda: without_job(threading.enumerate()) > 0)


@pytest.fixture
def nobody_else_has_a_turn() -> Iterator[None]:
    """As long as this thread does not wait, no other goes on: as on a machine that is busy enough."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(60)
    yield
    sys.setswitchinterval(before)


def test_a_thread_that_has_just_been_called_is_busy(nobody_else_has_a_turn: None) -> None:
    calls = Queue[Callable[[], None] | None]()

    def work() -> None:
        while (call := calls.get()) is not None:
            call()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0).result()
        (worker,) = pool._threads  # type: ignore[attr-defined]
        assert eventually(lambda: not busy([thread, worker]))
        calls.put(lambda: None)
        pool.submit(time.sleep, 0)
        assert busy([thread, worker]) == [thread, worker]
    calls.put(None)
    thread.join()
