"""The threads of sync tasks: home after a while, and endable from outside."""

import asyncio
import ctypes
import threading

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
