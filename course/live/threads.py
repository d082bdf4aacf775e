"""Ending threads from outside, and waiting in such a way that a thread can be ended."""

from __future__ import annotations

import concurrent.futures.thread
import contextlib
import ctypes
import functools
import gc
import inspect
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

_SLICE = 0.05  # seconds

THREAD_START = inspect.unwrap(threading.Thread.start).__code__

_set_async_exc = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def wait(for_up_to: Callable[[float], bool], timeout: float) -> bool:
    """Call `for_up_to(seconds)`, which waits and says whether it is done, until it is or the time is over.

    It waits in slices: neither `raise_in` nor, on some systems, an interrupt ends a thread that waits for a
    lock.
    """
    deadline = time.monotonic() + timeout
    while not for_up_to(max(0.0, min(_SLICE, deadline - time.monotonic()))):
        if time.monotonic() >= deadline:
            return False
    return True


def thread_frames() -> dict[int, FrameType]:
    """The current frame of each other thread, by the thread's ident.

    The caller's own is left out: the answer would hold itself, and every object of those threads, until the
    garbage is collected, perhaps in another cell. (Where a view of a BytesIO was in it, as multiprocessing
    has them, Python 3.12.1 ended with a segmentation fault.)

    No garbage is collected while the frames are taken: on Python 3.11 a collection could run Python code,
    which lets other threads go on, while the interpreter's list of threads is locked. A thread that begins or
    ends at that moment waits for the lock for ever, and all others wait for that thread (cpython #106883).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        frames = sys._current_frames()
    finally:
        if enabled:
            gc.enable()
    frames.pop(threading.get_ident(), None)
    return frames


def raise_in(thread: threading.Thread, insist: bool = False) -> None:
    """Raise SystemExit in a thread: at its next Python instruction, not inside of a call into C.

    With `insist`, making the exception raises another one at once. So a program that swallows the first, as
    in ``while True: try: ... except: pass``, gets the second outside of its try. (On Python 3.12 it may still
    be inside: there an exception at the end of a handler belongs to the code before it.)
    """
    ident = thread.ident
    if ident is None or not _is_in_run(thread, thread_frames().get(ident)):
        return
    exception: type[SystemExit] = SystemExit
    if insist:
        again = functools.partial(_set_async_exc, ident, SystemExit)
        exception = type("Stop", (SystemExit,), {"__init__": staticmethod(again)})
    _set_async_exc(ident, exception)


def _is_in_run(thread: threading.Thread, frame: FrameType | None) -> bool:
    """Whether a thread is in its own code, so that an exception reaches this thread and no other.

    A thread that dies while it starts leaves its starter waiting for ever. So it must not be starting itself,
    nor starting another one (up to Python 3.11 a new thread has its starter's ident until it runs), and its
    ident must not have passed to another thread.
    """
    while frame is not None and frame.f_back is not None:
        below = frame.f_back
        if below.f_code.co_name == "_bootstrap_inner":
            return frame.f_code.co_name == "run" and below.f_locals.get("self") is thread
        if frame.f_code is THREAD_START:
            return False
        frame = below
    return False


def is_worker(thread: threading.Thread) -> bool:
    """Whether this is one of anyio's worker threads."""
    return type(thread).__module__.startswith("anyio.")


def stop_worker(thread: threading.Thread) -> None:
    """Tell an idle worker thread of anyio to end (its loop, which usually does, may be gone)."""
    if is_worker(thread) and not getattr(thread, "stopping", True):
        with contextlib.suppress(Exception):
            thread.stop()  # type: ignore[attr-defined]


def is_idle_in_executor(frame: FrameType | None) -> bool:
    """Whether a thread with this frame waits for work in an executor, which the next server may need."""
    return frame is not None and frame.f_code is concurrent.futures.thread._worker.__code__


def do_not_wait_for(thread: threading.Thread) -> None:
    """Let the interpreter exit without waiting for a thread of an executor that cannot be ended."""
    queues = getattr(concurrent.futures.thread, "_threads_queues", None)
    if queues is not None:
        queues.pop(thread, None)
