"""The threads of sync tasks: home after a while, and endable from outside."""

import asyncio
import ctypes
import threading

import pytest

from course.tasks import TaskManager, _manager
from course.tasks._threads import Threads


def of(pool: Threads) -> threading.Thread:
    """The thread that does what `pool` is given."""

    async def ask() -> threading.Thread:
        return await asyncio.wait_for(pool.call(threading.current_thread), 5)

    return asyncio.run(ask())


def test_an_idle_thread_goes_home() -> None:
    pool = Threads(1, linger=0.0)
    thread = of(pool)
    thread.join(5)
    assert not thread.is_alive()
    assert of(pool) is not thread


def test_a_thread_that_is_ended_from_outside_leaves_its_place_to_another() -> None:
    pool = Threads(1, linger=60.0)
    first = of(pool)
    assert first.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(first.ident), ctypes.py_object(SystemExit))
    first.join(5)
    assert not first.is_alive()
    assert of(pool) is not first


@pytest.mark.parametrize("needs", [[], ["first"]])
@pytest.mark.parametrize("large", [False, True])
def test_a_system_without_threads_fails_the_sync_tasks_and_the_next_run_is_as_ever(
    needs: list[str], large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def first() -> None:
        await asyncio.sleep(0)

    def refuse(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    if large:
        monkeypatch.setattr(_manager, "_LARGE", 0)
    manager = TaskManager(max_threads=1)
    manager.add_task("first", first)
    manager.add_task("sync", lambda *_: "done", needs)
    manager.add_task("below", lambda _: "done", ["sync"])
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        for _ in range(2):
            report = asyncio.run(asyncio.wait_for(manager.run(), 20))
            assert [str(record.outcome) for record in report.values()] == ["done", "failed", "skipped"]
            assert isinstance(report["sync"].error, RuntimeError)
    assert asyncio.run(asyncio.wait_for(manager.run(), 20)).results["below"] == "done"
