"""Run a program that may do anything, inside this very process, and get the process back unharmed.

A program under check may loop for ever, start a hundred threads, call ``sys.exit()`` or print without end.
``run_contained`` runs it on threads of its own (a *family*: every thread that one of them starts belongs to
it), ends it when its time is up and stops what it has left behind. Patches of the interpreter last as long as
the run and act on the family only. They are made and undone on a supervising thread, where no
KeyboardInterrupt can come between.

What cannot be stopped from inside is code that never returns to the interpreter (a long ``time.sleep`` in a
worker thread: it ends when the sleep does; one huge C call holds everything).
"""

import contextlib
import gc
import os
import subprocess
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from multiprocessing import process as multiprocessing_process
from types import FrameType
from typing import Any

from course.live._kill import _do_not_wait_for, raise_in, thread_frames
from course.practice._clock import SLICE_SECONDS, Deadline

STOPPING_SECONDS = 1.5
"""How long stopping what is left may take."""

_GRACE_SECONDS = 0.2
_PRINTED_LIMIT = 4000


class TooManyThreads(RuntimeError):
    """A program tried to have more threads at once than it may."""


class Family:
    """The threads of one run: those started for it, and every thread that these start.

    Without a lock: a thread that is ended while it takes one keeps it, and everybody waits for ever (up to
    Python 3.13 ``with lock`` was safe from that). Each step is a single operation on a dictionary.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.over_limit = threading.Event()
        self.processes: list[Any] = []
        self.closed = False
        self._threads: dict[threading.Thread, None] = {}

    def start(self, target: Callable[[], None], name: str) -> threading.Thread:
        """Run ``target`` on a thread of this family."""
        thread = threading.Thread(target=target, name=name, daemon=True)
        self.adopt(thread)
        _original_start(thread)
        return thread

    def adopt(self, thread: threading.Thread) -> None:
        """Take ``thread``, which is about to start, into the family.

        Raises:
            TooManyThreads: there are too many already, or the family's time is up.
        """
        for each in list(self._threads):
            if each.ident is not None and not each.is_alive():
                self._threads.pop(each, None)
        if len(self._threads) >= self.limit or self.closed:
            if not self.closed:
                self.over_limit.set()
            raise TooManyThreads("can't start new thread: this program has too many already")
        thread.daemon = True  # whatever happens, it must not keep the interpreter alive
        self._threads[thread] = None
        setattr(thread, _FAMILY, self)
        self._guard(thread)

    def _guard(self, thread: threading.Thread) -> None:
        """Let ``thread`` end at once when it comes to life after the family's time."""
        own_run = thread.run

        def run() -> None:
            if not self.closed:
                own_run()

        thread.run = run  # type: ignore[method-assign]

    def alive(self) -> list[threading.Thread]:
        """The threads that still run, in the order in which they were started."""
        return [thread for thread in list(self._threads) if thread.is_alive()]

    def frames(self) -> list[FrameType]:
        """What each of them is executing."""
        current = thread_frames()
        return [current[t.ident] for t in self.alive() if t.ident in current]

    def stop(self, seconds: float) -> bool:
        """End every thread and process of the family; False when ``seconds`` were not enough."""
        self.closed = True
        end = time.monotonic() + seconds
        _shut_executors(self.alive())
        self._kill_processes()
        _join(self.alive(), until=min(end, time.monotonic() + _GRACE_SECONDS))
        polite = time.monotonic() + seconds / 3
        while self.alive() and time.monotonic() < end:
            self._raise_in_all(insist=time.monotonic() > polite)
            _join(self.alive(), until=min(end, time.monotonic() + 0.05))
        self._kill_processes()  # one of them may just have been starting
        for thread in self.alive():
            _do_not_wait_for(thread)
        return not self.alive()

    def _kill_processes(self) -> None:
        for process in self.processes:
            with contextlib.suppress(Exception):
                process.kill()

    def _raise_in_all(self, *, insist: bool) -> None:
        for thread in self.alive():
            raise_in(thread, insist)


def family_of_this_thread() -> Family | None:
    """The family that the current thread belongs to."""
    return getattr(threading.current_thread(), _FAMILY, None)


def stop_thread(thread: threading.Thread) -> None:
    """Raise SystemExit in ``thread`` as soon as it executes Python code again."""
    raise_in(thread)


def _shut_executors(threads: list[threading.Thread]) -> None:
    """Ask the pools that these threads serve to end: an idle worker waits where nothing can be raised."""
    for thread in threads:
        kept = [*getattr(thread, "_args", ())[:1], getattr(thread, "executor_reference", None)]
        for reference in kept:
            executor = reference() if isinstance(reference, weakref.ref) else None
            if isinstance(executor, Executor):
                executor.shutdown(wait=False, cancel_futures=True)


@dataclass
class Run:
    """What came of one contained run."""

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    interrupted: bool = False
    too_many_threads: bool = False
    frames: list[FrameType] = field(default_factory=list)
    printed: str = ""
    printed_more: bool = False
    clean: bool = True


def run_contained(
    work: Callable[[], Any],
    *,
    deadline: Deadline,
    threads: int,
    clean_up: Callable[[float], None] = lambda _seconds: None,
    look: Callable[[Run], None] = lambda _run: None,
) -> Run:
    """Run ``work`` on a thread of its own and give back what came of it; see the module.

    Args:
        work: what to run.
        deadline: when it is over, ``work`` is stopped.
        threads: how many threads it may have at once.
        clean_up: called with a number of seconds before the threads are stopped; closes what ``work`` opened.
        look: called when ``work`` was stopped, while it still runs, with ``frames`` of the run filled.

    Raises:
        KeyboardInterrupt: the caller's thread was interrupted. Everything is stopped by then.
    """
    run, wake, done = Run(), threading.Event(), threading.Event()

    def supervise() -> None:
        try:
            _supervise(run, wake, work, deadline, threads, clean_up, look)
        finally:
            done.set()

    try:
        threading.Thread(target=supervise, name="course check", daemon=True).start()
        while not done.wait(SLICE_SECONDS):
            pass
    except KeyboardInterrupt:
        run.interrupted = True
        wake.set()
        _wait_whatever_comes(done, STOPPING_SECONDS + 1)
        raise
    return run


def _supervise(
    run: Run,
    wake: threading.Event,
    work: Callable[[], Any],
    deadline: Deadline,
    threads: int,
    clean_up: Callable[[float], None],
    look: Callable[[Run], None],
) -> None:
    family = Family(threads)
    family.over_limit = wake_too = threading.Event()
    finished = threading.Event()

    def target() -> None:
        try:
            run.value = work()
        except BaseException as error:
            run.error = error
        finally:
            finished.set()
            wake.set()

    with _patched(family, run, wake):
        family.start(target, "course check: program")
        deadline.wait(wake, family.processes)
        run.too_many_threads = wake_too.is_set()
        if not finished.is_set():
            run.timed_out = not run.interrupted and not run.too_many_threads
            run.frames = family.frames()
            look(run)
            run.frames = []
        end = time.monotonic() + STOPPING_SECONDS
        with contextlib.suppress(Exception):
            clean_up(STOPPING_SECONDS * 2 / 3)
        run.clean = family.stop(max(0.3, end - time.monotonic()))
        gc.collect(1)  # a coroutine that nobody awaited is reported when it is collected


_FAMILY = "_course_family"
_original_start = threading.Thread.start


@contextlib.contextmanager
def _patched(family: Family, run: Run, wake: threading.Event) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")  # and dropped: a check shows none
        for patch in (_thread_start(family, wake), _processes(family), _exits(family), _hooks(family)):
            stack.enter_context(patch)
        printed = _Printed(run)
        for name in ("stdout", "stderr"):
            stack.enter_context(_replaced(sys, name, _Router(family, getattr(sys, name), printed)))
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original)


def _thread_start(family: Family, wake: threading.Event) -> contextlib.AbstractContextManager[None]:
    original = threading.Thread.start

    def start(self: threading.Thread) -> None:
        mine = family_of_this_thread()
        if mine is not None:
            try:
                mine.adopt(self)
            except TooManyThreads:
                if mine is family and not family.closed:
                    wake.set()
                raise
        original(self)

    return _replaced(threading.Thread, "start", start)


def _processes(family: Family) -> contextlib.ExitStack:
    """Note the processes that the family starts, through subprocess and through multiprocessing."""
    stack = contextlib.ExitStack()
    for owner, name in ((subprocess.Popen, "__init__"), (multiprocessing_process.BaseProcess, "start")):
        stack.enter_context(_replaced(owner, name, _noting(family, getattr(owner, name))))
    return stack


def _noting(family: Family, original: Callable[..., None]) -> Callable[..., None]:
    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        if family_of_this_thread() is family:
            family.processes.append(self)
        original(self, *args, **kwargs)

    return start


def _exits(family: Family) -> contextlib.ExitStack:
    """Turn the calls that end this very process into an exception, for the family."""
    here = os.getpid()

    def guarded(original: Callable[..., Any], ends: Callable[..., bool]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if family_of_this_thread() is family and os.getpid() == here and ends(*args):
                raise SystemExit("the process that runs the check is not the program's to end")
            return original(*args)

        return call

    stack = contextlib.ExitStack()
    stack.enter_context(_replaced(os, "_exit", guarded(os._exit, lambda *_: True)))
    stack.enter_context(_replaced(os, "abort", guarded(os.abort, lambda *_: True)))
    stack.enter_context(_replaced(os, "kill", guarded(os.kill, lambda pid, _signal: pid in (0, -1, here))))
    return stack


def _hooks(family: Family) -> contextlib.ExitStack:
    """Python's own words, on the family's stderr, for exceptions that nothing catches; nobody else's."""

    def own(original: Callable[[Any], Any], python: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda args: (python if family_of_this_thread() is family else original)(args)

    stack = contextlib.ExitStack()
    for owner, name in ((threading, "excepthook"), (sys, "unraisablehook")):
        hook = own(getattr(owner, name), getattr(owner, f"__{name}__"))
        stack.enter_context(_replaced(owner, name, hook))
    return stack


class _Printed:
    """The first characters of what a program prints. Without a lock, as the family."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def add(self, text: str) -> None:
        room = max(0, _PRINTED_LIMIT - len(self._run.printed))
        self._run.printed += text[:room]
        self._run.printed_more |= len(text) > room


class _Router:
    """A standard stream that keeps apart what the family prints."""

    def __init__(self, family: Family, original: Any, printed: _Printed) -> None:
        self._family = family
        self._original = original
        self._printed = printed

    def write(self, text: str) -> int:
        if family_of_this_thread() is self._family:
            self._printed.add(text)
            return len(text)
        written: int = self._original.write(text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


def _join(threads: list[threading.Thread], until: float) -> None:
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _wait_whatever_comes(done: threading.Event, seconds: float) -> None:
    """Wait for ``done``, through any further interrupt."""
    end = time.monotonic() + seconds
    while not done.is_set() and time.monotonic() < end:
        with contextlib.suppress(KeyboardInterrupt):
            done.wait(SLICE_SECONDS)
