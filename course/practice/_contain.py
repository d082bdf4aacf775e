"""Run a program that may do anything, in a process that is there for nothing else.

The process ends as soon as there is a verdict, and with it all that the program has started. So nothing has
to be undone here: the program runs on a thread of its own, is heard where it prints, and is looked at when
its time is up.
"""

import gc
import io
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import psutil

from course.live.at_work import without_job
from course.practice._clock import Deadline
from course.practice._family import descendants
from course.words import say

_PRINTED_LIMIT = 4000


class TooManyThreads(RuntimeError):
    """A program tried to have more threads at once than it may."""


@dataclass
class Contained:
    """What came of one contained run. ``frames`` is what its threads were executing when it was stopped."""

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    too_many_threads: bool = False
    frames: list[FrameType] = field(default_factory=list)
    printed: str = ""
    printed_more: bool = False


def run_contained(run: Contained, work: Callable[[], Any], *, deadline: Deadline, threads: int) -> None:
    """Run ``work`` on a thread of its own.

    Args:
        run: what comes of it is noted here.
        work: what to run.
        deadline: when it is over, ``work`` is left to itself.
        threads: how many threads it, and each app that it serves, may have at once.
    """
    over = threading.Event()

    def target() -> None:
        try:
            run.value = work()
        except BaseException as error:
            run.error = error
        finally:
            finished.set()
            over.set()

    finished = threading.Event()
    count_threads_anew()
    _limit_threads(run, over, threads)
    thread = threading.Thread(target=target, name="course check: program", daemon=True)
    thread.start()
    deadline.wait(over, Descendants())
    if not finished.is_set():
        run.timed_out = not run.too_many_threads
        frames = sys._current_frames()
        idents = [thread.ident, *(each.ident for each in threading.enumerate() if each is not thread)]
        run.frames = [frames[each] for each in idents if each in frames and each != threading.get_ident()]
    gc.collect(1)  # a coroutine that nobody awaited is reported when it is collected


class Descendants:
    """The processes that this one has started, and those that they have, as they are at each look."""

    def __iter__(self) -> Iterator[psutil.Process]:
        yield from descendants()


def start_thread(target: Callable[[], None], name: str) -> threading.Thread:
    """Run ``target`` on a thread that keeps no process alive."""
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    return thread


def _limit_threads(run: Contained, over: threading.Event, limit: int) -> None:
    original = threading.Thread.start

    def start(self: threading.Thread) -> None:
        if threading.active_count() > limit and _working() > limit:  # the first of them is quick
            run.too_many_threads = True
            over.set()
            raise TooManyThreads(say("can't start new thread: this program has too many already"))
        original(self)

    threading.Thread.start = start  # type: ignore[method-assign]


_earlier: set[threading.Thread] = set()


def count_threads_anew() -> None:
    """Another app begins: threads that are alive now, such as an earlier app's, do not count against it."""
    global _earlier
    _earlier = set(threading.enumerate())  # at once: others look at it meanwhile


def _working() -> int:
    threads = [thread for thread in threading.enumerate() if thread not in _earlier]
    return len(threads) - without_job(threads)


def listen(run: Contained) -> None:
    """Hear what a program prints, and turn a call that ends the process into an exception with its line."""
    sys.stdout = sys.stderr = _Printed(run)
    warnings.simplefilter("ignore")
    here = os.getpid()

    def refused(original: Callable[..., Any], ends: Callable[..., bool]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if os.getpid() == here and ends(*args):
                raise SystemExit(say("the process that runs the check is not the program's to end"))
            return original(*args)

        return call

    os._exit = refused(os._exit, lambda *_: True)
    os.abort = refused(os.abort, lambda *_: True)
    mine = {0, -1, here, *(each.pid for each in psutil.Process().parents())}
    os.kill = refused(os.kill, lambda pid, _signal: pid in mine)


class _Printed(io.TextIOBase):
    """A standard stream that keeps the first characters that a program prints, even if it closes it."""

    def __init__(self, run: Contained) -> None:
        self._run = run

    def write(self, text: str) -> int:
        room = max(0, _PRINTED_LIMIT - len(self._run.printed))
        self._run.printed += text[:room]
        self._run.printed_more |= len(text) > room
        return len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def fileno(self) -> int:
        return 1  # which leads nowhere in the process of a check
