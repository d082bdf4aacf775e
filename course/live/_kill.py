"""Ending threads that do not want to end."""

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
from types import FrameType

from course.live import _hooks
from course.live._loop import Engine, is_worker, stop_worker

_PERIOD = 0.05  # seconds between two attempts
_PATIENCE = 0.1  # seconds in which a loop that is not stuck gives a sign

_THREAD_START = inspect.unwrap(threading.Thread.start).__code__

_set_async_exc = ctypes.PYFUNCTYPE(None, ctypes.c_ulong, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)


def thread_frames() -> dict[int, FrameType]:
    """The current frame of each other thread, by the thread's ident.

    Not the caller's own: the answer would hold itself, and all that those threads worked with, until the
    garbage is collected, perhaps in another cell. (Where a view of a BytesIO was in it, as multiprocessing
    has them, Python 3.12.1 ended with a segmentation fault.)

    Without a garbage collection meanwhile: on Python 3.11 it could run Python code, which lets other threads
    go on, while the interpreter's list of threads is locked. A thread that begins or ends just then waits
    for that lock for ever, and everybody else for that thread (cpython #106883).
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

    With `insist` the exception that is raised has another one raised as soon as it is made. So a program that
    swallows the first, as in ``while True: try: ... except: pass``, gets the second outside of its try. (On
    3.12 it may still be inside: there an exception at the end of a handler belongs to what stands before it.)
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
    """Whether a thread is in its own code, and an exception would reach it and nobody else.

    One that dies while it starts leaves its starter waiting for ever. So it must not be starting itself, nor
    be under an ident that has passed to another one, nor be starting another one: up to 3.11 a new thread
    has its starter's ident until it runs.
    """
    while frame is not None and frame.f_back is not None:
        below = frame.f_back
        if below.f_code.co_name == "_bootstrap_inner":
            return frame.f_code.co_name == "run" and below.f_locals.get("self") is thread
        if frame.f_code is _THREAD_START:
            return False
        frame = below
    return False


def busy_workers(engine: Engine) -> list[threading.Thread]:
    """Worker threads of a server that has ended which are still at work."""
    workers = [thread for thread in engine.recorder.threads() if is_worker(thread)]
    for thread in workers:
        stop_worker(thread)
        thread.join(_PERIOD / len(workers))
    return [thread for thread in workers if thread.is_alive()]


def kill(engine: Engine, deadline: float) -> list[str]:
    """End a server and everything that its app's code started; see `Server.kill`."""
    here = object()
    _hooks.install(here)  # the last words of the threads that outlive the server go through them
    try:
        return _kill(engine, deadline)
    finally:
        engine.given_up = True
        _hooks.uninstall(here)


def _kill(engine: Engine, deadline: float) -> list[str]:
    end = time.monotonic() + deadline
    engine.recorder.closing = True
    engine.ask_to_stop(grace=0, firm=min(0.2, deadline / 8))
    sign, patience = engine.ask_for_a_sign(), time.monotonic() + min(_PATIENCE, deadline / 4)
    polite = time.monotonic() + min(0.5, deadline / 4)
    while (alive := _alive(engine)) and time.monotonic() < end:
        insist = time.monotonic() >= polite
        if sign.is_set():
            sign, patience = engine.ask_for_a_sign(), time.monotonic() + _PATIENCE
        elif engine.in_loop and time.monotonic() >= patience:
            raise_in(engine.thread, insist)
        for thread in alive:
            if thread is not engine.thread:
                raise_in(thread, insist)
        with contextlib.suppress(RuntimeError):  # it was about to start
            alive[0].join(max(0.0, min(_PERIOD, end - time.monotonic())))
    engine.finish()
    if not engine.thread.is_alive():
        engine.unhook()  # once more, lest it was ended in the middle of that
    for thread in alive:
        raise_in(thread)  # it ends quietly when it comes back
        _do_not_wait_for(thread)
    return sorted(thread.name for thread in alive)


def _alive(engine: Engine) -> list[threading.Thread]:
    """The server's thread and those that its code started, without those that only wait for work."""
    threads = [engine.thread] if engine.thread.is_alive() else []
    frames = thread_frames()
    for thread in engine.recorder.threads():
        if not threads:
            stop_worker(thread)
        frame = frames.get(thread.ident or 0)
        if thread is not threading.current_thread() and not _is_idle_executor(frame):
            threads.append(thread)
    return threads


def _is_idle_executor(frame: FrameType | None) -> bool:
    """A thread of somebody's executor that waits in its queue may be needed by the next server."""
    return frame is not None and frame.f_code is concurrent.futures.thread._worker.__code__


def _do_not_wait_for(thread: threading.Thread) -> None:
    """Keep the interpreter's exit from waiting for a thread of an executor that cannot be ended."""
    queues = getattr(concurrent.futures.thread, "_threads_queues", None)
    if queues is not None:
        queues.pop(thread, None)
