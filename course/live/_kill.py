"""Ending threads that do not want to end."""

from __future__ import annotations

import concurrent.futures.thread
import contextlib
import ctypes
import threading
import time
from collections.abc import Iterable

from course.live._loop import Engine, stop_worker

_PERIOD = 0.05  # seconds between two attempts
_PATIENCE = 0.1  # seconds in which a server that is not stuck stops by itself


def raise_in(threads: Iterable[threading.Thread]) -> None:
    """Raise SystemExit in these threads: at their next Python instruction, not inside of a call into C."""
    for thread in threads:
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
            )


def kill(engine: Engine, deadline: float) -> list[str]:
    """End a server and everything that its app's code started; see `Server.kill`."""
    end = time.monotonic() + deadline
    recorder = engine.recorder
    engine.ask_to_stop(grace=0)
    engine.close_socket()
    patience = time.monotonic() + min(_PATIENCE, deadline / 4)
    others = _others(engine)
    raise_in(others)
    while time.monotonic() < end:
        if not engine.thread.is_alive() and not others:
            return []
        if engine.in_loop and time.monotonic() >= patience:
            raise_in([engine.thread])
        _join(engine.thread if engine.thread.is_alive() else others[0], min(_PERIOD, end - time.monotonic()))
        others = _others(engine)
        raise_in(others)
    left = [thread for thread in [engine.thread, *recorder.threads()] if thread.is_alive()]
    for thread in left:
        _do_not_wait_for(thread)
    return sorted(thread.name for thread in left)


def _others(engine: Engine) -> list[threading.Thread]:
    threads = [thread for thread in engine.recorder.threads() if thread is not threading.current_thread()]
    if not engine.thread.is_alive():
        for thread in threads:
            stop_worker(thread)
    return threads


def _join(thread: threading.Thread, seconds: float) -> None:
    with contextlib.suppress(RuntimeError):
        thread.join(max(0.0, seconds))


def _do_not_wait_for(thread: threading.Thread) -> None:
    """Keep the interpreter's exit from waiting for a thread of an executor that cannot be ended."""
    queues = getattr(concurrent.futures.thread, "_threads_queues", None)
    if queues is not None:
        queues.pop(thread, None)
