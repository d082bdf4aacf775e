"""Who still works: threads that do not just wait for a call, and asyncio tasks that no request knows."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import gc
import queue
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType

import uvicorn

import course.tasks
from course.live import _engine
from course.live._recorder import current
from course.live.gate import Gate
from course.live.threads import THREAD_START, thread_frames

_UVICORN = Path(uvicorn.__file__).parent
_ENGINE = Path(_engine.__file__)
_OUR_POOL = Path(course.tasks.__file__).with_name("_threads.py")  # where a TaskManager's threads wait
_WAITING = (threading.__file__, queue.__file__)
_WAIT = threading.Condition.wait.__code__  # which a check may put another function in front of
_WORKER = concurrent.futures.thread._worker.__code__
_HANDS_OVER = sys.version_info >= (3, 13)
"""Whether a queue gives what is put straight to a thread that waits for it, where nobody sees it."""

_SIGN = 0.05  # seconds in which a loop that is not busy gives a sign


def busy(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """The threads that do something, or will: not those that wait, in a pool or without a time-out."""
    alive = [thread for thread in threads if thread.is_alive()]
    frames = thread_frames() if alive else {}
    return [thread for thread in alive if not _waits_for_others(frames.get(thread.ident or 0), frames)]


def without_job(threads: Iterable[threading.Thread]) -> int:
    """How many are threads of a TaskManager that has no job for them: they will end by themselves."""
    frames, pool = thread_frames(), str(_OUR_POOL)
    found = (frames.get(thread.ident or 0) for thread in threads)
    return sum(
        any(code.co_filename == pool and code.co_name == "_next" for code in _codes(each)) for each in found
    )


def _codes(frame: FrameType | None) -> Iterator[CodeType]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def at_a_gate(thread: threading.Thread) -> bool:
    """Whether a thread waits at a `Gate` just now."""
    frame = thread_frames().get(thread.ident or 0)
    while frame is not None:
        if frame.f_code is Gate.wait.__code__:
            return True
        frame = frame.f_back
    return False


def _waits_for_others(frame: FrameType | None, frames: Mapping[int, FrameType]) -> bool:
    """Whether a thread waits for somebody else: in a pool, or without a time-out."""
    if frame is None:
        return False
    if frame.f_code is _WORKER:
        jobs = frame.f_locals.get("work_queue")
        return jobs is not None and bool(jobs.empty()) and not _pool_has_called(frame, frames)
    if THREAD_START in _codes(frame):  # for a thread of its own, which has not begun and is not alive yet
        return False
    waits = False
    while frame is not None and frame.f_code.co_filename in _WAITING:
        if frame.f_code is _WAIT and frame.f_locals.get("timeout") is None:
            return _nobody_has_called(frame)
        waits, frame = True, frame.f_back
    return waits and frame is not None and Path(frame.f_code.co_filename) == _OUR_POOL


def _pool_has_called(frame: FrameType, frames: Mapping[int, FrameType]) -> bool:
    """Whether a worker of this one's pool has been given a job, and has not had its turn yet."""
    pool = frame.f_locals["executor_reference"]() if _HANDS_OVER else None
    if pool is None:
        return False
    tops = [frames.get(thread.ident or 0) for thread in tuple(pool._threads)]
    waiting = sum(top is not None and top.f_code is _WORKER for top in tops)
    if waiting <= pool._idle_semaphore._value:
        return False
    jobs = (each for each in gc.get_objects() if type(each) is concurrent.futures.thread._WorkItem)
    return any(not job.future.running() and not job.future.done() for job in jobs)


def _nobody_has_called(frame: FrameType) -> bool:
    """Whether a thread in ``Condition.wait`` still waits. One that was called, and has not had its turn on a
    busy machine, is in the same line of code; but it is no longer on the condition's list.
    """
    condition, waiter = frame.f_locals.get("self"), frame.f_locals.get("waiter")
    return waiter is not None and waiter in condition._waiters  # type: ignore[union-attr]


def started_here() -> set[threading.Thread]:
    """The threads that are alive of those that the app on whose server this is called has started."""
    here = current()
    return set() if here is None else set(here.recorder.threads())


def tasks_beside(loop: asyncio.AbstractEventLoop | None) -> list[str] | None:
    """The names of its app's asyncio tasks on a server's loop; `None` if the loop gives no sign."""
    if loop is None or loop.is_closed():
        return []
    names: list[str] = []
    seen = threading.Event()

    def look() -> None:
        try:
            names.extend(task.get_name() for task in asyncio.all_tasks(loop) if not _is_ours(task))
        finally:
            seen.set()

    try:
        loop.call_soon_threadsafe(look)
    except RuntimeError:  # it has just been closed
        return []
    return names if seen.wait(_SIGN) else None


def _is_ours(task: asyncio.Task[object]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    if code is None:
        return False
    file = Path(code.co_filename)
    return file == _ENGINE or _UVICORN in file.parents
