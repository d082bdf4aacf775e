"""Who still works: threads that do not just wait for a call, and asyncio tasks that no request knows."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import queue
import threading
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

import uvicorn

from course.live._kill import thread_frames

_UVICORN = Path(uvicorn.__file__).parent
_LOOP = Path(__file__).with_name("_loop.py")
_SIGN = 0.05  # seconds in which a loop that is not busy gives a sign


def busy(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Those that run and do not just wait in a pool (of anyio, of concurrent.futures) for the next call."""
    alive = [thread for thread in threads if thread.is_alive()]
    frames = thread_frames() if alive else {}
    return [thread for thread in alive if not _waits_in_a_pool(thread, frames.get(thread.ident or 0))]


def _waits_in_a_pool(thread: threading.Thread, frame: FrameType | None) -> bool:
    if frame is not None and frame.f_code is concurrent.futures.thread._worker.__code__:
        return True
    run = getattr(type(thread).run, "__code__", None)
    while frame is not None and frame.f_back is not None:
        if frame.f_code is queue.Queue.get.__code__:
            return type(thread).__module__.startswith("anyio.") and frame.f_back.f_code is run
        frame = frame.f_back
    return False


def tasks_beside(loop: asyncio.AbstractEventLoop | None) -> list[str] | None:
    """The names of the asyncio tasks on a server's loop that are its app's; `None`: the loop gives no sign."""
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
    return file == _LOOP or _UVICORN in file.parents
