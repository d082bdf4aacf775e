"""How a check waits: for what comes, for who could bring it, and not for time."""

import asyncio
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI

from course.live import Gate
from course.practice import Bench, NotYet, _bench
from course.practice._learner import Learner


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench(Learner([]))
    yield bench
    for server in bench.servers:
        server.kill(1)


def leaving(behind: Any) -> FastAPI:
    app = FastAPI()

    @app.post("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(behind)

    return app


def test_what_comes_late_is_waited_for(bench: Bench) -> None:
    gate, done = Gate(), threading.Event()

    def work() -> None:
        gate.wait()
        time.sleep(0.05)
        done.set()

    with bench.serve(leaving(lambda: threading.Thread(target=work).start())) as server:
        server.client.post("/")
        server.settle()
        gate.open()
        assert bench.comes(done.is_set)


def test_what_nobody_can_bring_is_not_waited_for(bench: Bench) -> None:
    with bench.serve(leaving(lambda: None)) as server:
        server.client.post("/")
        assert not bench.comes(lambda: False, seconds=10_000)


def test_a_worker_that_never_gets_there_has_its_time(bench: Bench) -> None:
    ended = threading.Event()

    def build() -> FastAPI:
        threading.Thread(target=lambda: ended.wait(60)).start()
        return leaving(lambda: None)

    with bench.serve(bench.call(build)):
        assert not bench.comes(lambda: False, seconds=0.1)
        ended.set()
        assert not bench.comes(lambda: False, seconds=10_000)


def test_after_the_finish_nothing_more_can_happen(bench: Bench) -> None:
    done: list[str] = []

    def work() -> None:
        time.sleep(0.05)
        done.append("the thread")

    async def task() -> None:
        threading.Thread(target=work).start()
        await asyncio.sleep(0.05)
        done.append("the task")

    with bench.serve(leaving(task)) as server:
        server.client.post("/")
        bench.finish()
        assert sorted(done) == ["the task", "the thread"]


def test_a_request_that_is_held_is_not_answered(bench: Bench) -> None:
    gate = bench.gate("the endpoint")
    app = FastAPI()

    @app.get("/")
    async def endpoint() -> None:
        await gate.wait_async()

    with bench.serve(app) as server:
        pending = server.submit("GET", "/")
        assert not bench.answers(pending, seconds=0.1)
        gate.open()
        assert bench.answers(pending)


def test_on_a_clock_that_jumps_no_sleep_takes_time(bench: Bench) -> None:
    async def program() -> list[str]:
        seen = []

        async def step(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(step("an hour", 3600))
            group.create_task(step("a minute", 60))
        try:
            async with asyncio.timeout(0.2):
                await step("never", 0.200001)
        except TimeoutError:
            seen.append("cut off")
        async with asyncio.timeout(0.2):
            await step("just in time", 0.199999)
        return seen

    assert bench.run_virtual(program) == ["a minute", "an hour", "cut off", "just in time"]


def test_while_a_thread_works_the_clock_does_not_jump(bench: Bench) -> None:
    async def program() -> str:
        async with asyncio.timeout(30):
            await asyncio.to_thread(time.sleep, 0.05)
        return "in time"

    assert bench.run_virtual(program) == "in time"


def test_what_waits_for_ever_is_found_out_at_once(bench: Bench) -> None:
    async def program() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NotYet, match=r"engine\.stuck"):
        bench.run_virtual(program)


def test_an_error_on_that_clock_is_the_learners(bench: Bench) -> None:
    async def program() -> None:
        raise ValueError("oops")

    with pytest.raises(NotYet, match=r"engine\.raised"):
        bench.run_virtual(program)


def test_what_a_task_has_started_just_before_it_ended_is_at_work(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes: list[Any] = []

    class Ending:
        """A server whose last task starts a process and ends while it is looked at."""

        @property
        def at_work(self) -> bool:
            processes[:] = [SimpleNamespace(pid=0)]
            return False

    monkeypatch.setattr(_bench.multiprocessing, "active_children", lambda: processes)
    monkeypatch.setattr(bench, "servers", [Ending()])
    assert bench.at_work
    monkeypatch.setattr(bench, "servers", [])
