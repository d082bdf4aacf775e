"""The process pool that the lesson shows."""

import asyncio
import multiprocessing
import os
import signal
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import psutil
import pytest

from course.lessons.sync_and_async.pools import Pool
from course.live import FileGate


async def outcome(pool: Pool, function: object, *arguments: Any) -> object:
    try:
        return await pool.run(function, *arguments)  # type: ignore[arg-type]
    except BrokenProcessPool:
        return "broken"


def test_a_death_breaks_one_job_and_no_later_one() -> None:
    async def run() -> list[object]:
        pool = Pool(workers=1)
        try:
            return [await outcome(pool, *job) for job in [(abs, -1), (os._exit, 1), (abs, -2), (abs, -3)]]
        finally:
            pool.close()

    assert asyncio.run(run()) == [1, "broken", 2, 3]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "import httpx; httpx.Response(500, request=httpx.Request('GET', 'http://shop')).raise_for_status()",
            "500",
        ),
        ("raise StopIteration", "StopIteration"),
    ],
)
def test_an_exception_that_cannot_come_back_breaks_nothing(code: str, text: str) -> None:
    """It can be pickled, but not read: the pool itself would take that for its own end. Or nobody hears."""

    async def run() -> object:
        pool = Pool(workers=1)
        try:
            with pytest.raises(RuntimeError, match=text):
                await asyncio.wait_for(pool.run(exec, code), 300)
            return await pool.run(abs, -1)
        finally:
            pool.close()

    assert asyncio.run(run()) == 1


def test_an_exception_that_can_comes_as_it_is() -> None:
    async def run() -> None:
        pool = Pool(workers=1)
        try:
            await pool.run(int, "x")
        finally:
            pool.close()

    with pytest.raises(ValueError, match="invalid literal"):
        asyncio.run(run())


def test_a_death_between_two_jobs_breaks_the_next_one_only() -> None:
    async def run() -> list[object]:
        others = multiprocessing.active_children()
        pool = Pool(workers=1)
        try:
            await pool.run(abs, -1)
            [worker] = [child for child in multiprocessing.active_children() if child not in others]
            worker.kill()
            worker.join(30)
            return [await outcome(pool, abs, -2), await outcome(pool, abs, -3)]
        finally:
            pool.close()

    assert asyncio.run(run()) == ["broken", 3]


def test_two_who_notice_the_same_death_make_one_new_pool(tmp_path: Path) -> None:
    async def run() -> tuple[list[object], object]:
        pool, gate = Pool(workers=1), FileGate(tmp_path / "gate")
        worker = await pool.run(os.getpid)
        made, new = [], pool._new
        pool._new = lambda: made.append(new()) or made[-1]  # type: ignore[func-returns-value,method-assign]
        try:
            calls: list[tuple[Any, ...]] = [(gate.wait,), (abs, -1), (abs, -1)]
            jobs = [asyncio.create_task(outcome(pool, *call)) for call in calls]
            await asyncio.sleep(0)  # each has its job in the pool
            psutil.Process(worker).kill()
            return await asyncio.gather(*jobs), len(made)
        finally:
            pool.close()

    outcomes, made = asyncio.run(run())
    assert (outcomes, made) == (["broken"] * 3, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_at_the_workers_ends_no_job(tmp_path: Path) -> None:
    async def run() -> object:
        pool, gate = Pool(workers=1), FileGate(tmp_path / "gate")
        try:
            worker = await pool.run(os.getpid)
            job = asyncio.create_task(outcome(pool, gate.wait))
            os.kill(worker, signal.SIGINT)
            gate.open()
            return await job
        finally:
            pool.close()

    assert asyncio.run(run()) is None


def test_a_death_breaks_all_jobs_whichever_worker_it_is(tmp_path: Path) -> None:
    """An executor does not watch a worker that it starts later, until it gets another job (F5k)."""

    async def run(dies: int) -> tuple[object, object]:
        pool, gate = Pool(workers=2), FileGate(tmp_path / "gate")
        others = multiprocessing.active_children()
        both = [asyncio.create_task(outcome(pool, gate.wait)) for _ in range(2)]
        while len(mine := [each for each in multiprocessing.active_children() if each not in others]) < 2:
            await asyncio.sleep(0.01)
        mine.sort(key=lambda worker: (len(worker.name), worker.name))  # …-9 before …-10
        mine[dies].kill()
        broken = await asyncio.gather(*both)
        try:
            return broken, await pool.run(abs, -3)
        finally:
            pool.close()
            # The executor ends the other one with SIGTERM, and waits for ever if that is ignored.
            for each in mine:
                each.join(60)
                assert each.exitcode is not None

    for dies in (0, 1, 1, 1):  # unwatched, the second one is noticed now and then
        assert asyncio.run(run(dies)) == (["broken", "broken"], 3)
