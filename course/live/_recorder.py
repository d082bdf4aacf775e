"""What happened, noted as it happens: the record behind every timeline.

Notes are appended by the server's thread, by its worker threads and by the clients' threads at the same time.
They are appended without a lock: appending to a list is atomic, a garbage collection that stops a forgotten
server may run at any point of any thread, and `kill` may end a thread at any of its lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import queue
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from course.live.errors import SettleTimeout
from course.timeline.model import Note, Record, Sent
from course.words import say


@dataclass(frozen=True, slots=True)
class Here:
    """Whose code is running: the bench, the request, the task. Held by a context variable."""

    recorder: Recorder
    request: int | None = None
    task: int | None = None
    entering: bool = False  # a plain function given to add_task is on its way to a worker thread


_here: ContextVar[Here | None] = ContextVar("course_live_here", default=None)
_worker = threading.local()  # .emitter: the asyncio task on whose behalf this worker thread runs
_numbers = itertools.count(1)
_emitters: weakref.WeakKeyDictionary[asyncio.Task[object], int] = weakref.WeakKeyDictionary()


def current() -> Here | None:
    """The bench, request and task whose code calls this, or None outside of any bench."""
    return _here.get() or getattr(threading.current_thread(), "course_live_here", None)


def belongs_to(thread: threading.Thread, here: Here) -> None:
    """Attribute all that a thread does to this bench. From Python 3.14 on, its excepthook has no context."""
    thread.course_live_here = here  # type: ignore[attr-defined]


def emitter() -> int:
    """A number for the flow of control that calls this. Notes have a certain order only within one flow."""
    inherited: int | None = getattr(_worker, "emitter", None)
    if inherited is not None:
        return inherited
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    if task is None:
        return -threading.get_ident()
    number = _emitters.get(task)
    if number is None:
        number = _emitters[task] = next(_numbers)
    return number


def mark(label: str) -> None:
    """Put a note on the timeline of the server whose request or task calls this.

    Works in coroutines and in worker threads; outside of a bench server it does nothing, so app code may
    keep its marks.
    """
    here = current()
    if here is not None:
        here.recorder.note("mark", here.request, here.task, text=clean(label))


def clean(label: object) -> str:
    """One line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(label)).split())


class Recorder(Record):
    """The notes of one server, and what of it is running."""

    def __init__(self) -> None:
        super().__init__()
        self.token = str(next(_numbers))  # tells our requests from those of another bench
        self.ends: dict[int, dict[str, Any]] = {}  # running task -> when its function returned in its thread
        self.reached: set[int] = set()  # the requests whose endpoint was called
        self.errors: list[BaseException] = []
        self.tracebacks: list[traceback.TracebackException] = []
        self.log: list[str] = []
        self.startup_error: BaseException | None = None
        self.startup_message = ""
        self.closing = False  # no thread can be started any more
        self._threads: list[weakref.ref[threading.Thread]] = []
        self.latest = 0  # the number of the last thing that has begun
        self._request_of: dict[int, int | None] = {}  # task -> request
        self._running: dict[tuple[str, int], None] = {}
        self._waiting: list[queue.SimpleQueue[None]] = []
        self._count = itertools.count(1)

    # noting

    def note(
        self,
        kind: str,
        request: int | None = None,
        task: int | None = None,
        *,
        text: str = "",
        error: BaseException | None = None,
        t: float | None = None,
    ) -> None:
        """Append a note, made now by the calling thread unless `t` says when."""
        when = time.perf_counter() if t is None else t
        self.notes.append(Note(kind, when, request, task, threading.get_ident(), emitter(), text, error))

    def note_from_notebook(self, label: str) -> None:
        """Append a mark that keeps its place among the requests sent by the same thread."""
        thread, number = threading.get_ident(), next(self._count)
        self.notes.append(
            Note("mark", time.perf_counter(), None, None, thread, emitter(), clean(label), number=number)
        )

    def new_request(self, lane: str, method: str, path: str, thread: int) -> int:
        """Number a request in the order in which requests are sent."""
        number = next(self._count)
        self.sent[number] = Sent(clean(lane), clean(method), clean(path), thread)
        return number

    def new_task(self, name: str, request: int | None) -> int:
        """Number a background task."""
        number = next(self._count)
        self._request_of[number] = request
        self.task_names[number] = name
        return number

    def note_error(self, error: BaseException) -> None:
        """Keep an exception that left a task or the app; the same one travels through both."""
        if isinstance(error, asyncio.CancelledError | GeneratorExit) or any(e is error for e in self.errors):
            return
        self.tracebacks.append(traceback.TracebackException.from_exception(error))
        self.errors.append(error)

    def add_thread(self, thread: threading.Thread) -> None:
        """Remember a thread that the app's code started, so that `kill` can end it."""
        self._threads.append(weakref.ref(thread))

    def threads(self) -> list[threading.Thread]:
        """The threads started by this server's code that are alive."""
        return [thread for ref in list(self._threads) if (thread := ref()) is not None and thread.is_alive()]

    def clear(self) -> None:
        """Forget what has happened; what is running goes on."""
        self.notes.clear()
        self.errors.clear()
        self.tracebacks.clear()
        self.log.clear()

    # running and waiting for its end

    def begin(self, what: str, number: int) -> None:
        """Something that `settle` waits for has begun: "sent", "submitted", "request" or "task"."""
        self.latest = number
        self._running[what, number] = None

    def end(self, what: str, number: int) -> None:
        """It has ended."""
        self._running.pop((what, number), None)
        self.wake()

    def wake(self) -> None:
        """Wake everything that waits, to look again."""
        for waiting in list(self._waiting):
            waiting.put(None)

    def running(self) -> list[tuple[str, int]]:
        """What `settle` would wait for now."""
        return list(self._running)

    def await_end(self, request: int, timeout: float) -> None:
        """Block until the app has finished a request, or has begun one of its tasks, or the time is over."""
        with self._woken() as woken:
            deadline = time.monotonic() + timeout
            while ("request", request) in self._running and not self._has_task(request):
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                with contextlib.suppress(queue.Empty):
                    woken.get(timeout=min(0.02, left))

    def settle(
        self, timeout: float, check_alive: Callable[[], None], names: Callable[[], Sequence[str]]
    ) -> None:
        """Block until nothing is running.

        Args:
            timeout: seconds.
            check_alive: raises when the server has died.
            names: of what is running, for the message.

        Raises:
            SettleTimeout: something was still running.
        """
        with self._woken() as woken:
            deadline = time.monotonic() + timeout
            while self._running:
                check_alive()
                left = deadline - time.monotonic()
                if left <= 0:
                    listed = ", ".join(names())
                    raise SettleTimeout(
                        say(
                            "After {seconds:g} s these were still running: {names}.",
                            seconds=timeout,
                            names=listed,
                        )
                    )
                with contextlib.suppress(queue.Empty):
                    woken.get(timeout=min(0.2, left))

    def _has_task(self, request: int) -> bool:
        return any(what == "task" and self._request_of[number] == request for what, number in self.running())

    @contextlib.contextmanager
    def _woken(self) -> Iterator[queue.SimpleQueue[None]]:
        woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._waiting.append(woken)
        try:
            yield woken
        finally:
            self._waiting.remove(woken)
