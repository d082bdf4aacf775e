"""A few threads for sync tasks, apart from the forty that serve `def` endpoints."""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from time import monotonic
from typing import Any, TypeVar

from anyio._core._eventloop import claim_worker_thread, get_async_backend

T = TypeVar("T")

_SLICE = 0.1  # seconds; no thread waits longer at a time, so that it can be ended from outside


class Threads:
    """At most `limit` threads that take jobs from one queue and end after `linger` seconds without one.

    They are daemons: a task that never returns keeps its thread, but not the process.
    """

    def __init__(self, limit: int, linger: float = 5.0) -> None:
        self.limit = limit
        self._linger = linger
        self._jobs: deque[tuple[Callable[[], None], asyncio.AbstractEventLoop]] = deque()
        self._changed = threading.Condition()
        self._running = self._idle = 0

    @property
    def crowded(self) -> bool:
        """Whether jobs wait for a thread."""
        return bool(self._jobs)

    def submit(self, job: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        """Have a thread call `job`, which must not raise; `anyio.from_thread` finds `loop` in it.

        Raises RuntimeError if there is no thread and the system gives none: then nobody calls `job`.
        """
        with self._changed:
            self._jobs.append((job, loop))
            if len(self._jobs) > self._idle and self._running < self.limit:
                self._running += 1
                name = f"{__package__} {self._running}"
                try:
                    threading.Thread(target=self._work, name=name, daemon=True).start()
                except RuntimeError:
                    self._running -= 1
                    if not self._running:
                        self._jobs.pop()
                        raise
            else:
                self._changed.notify()

    async def call(
        self,
        function: Callable[..., T],
        *args: Any,
        context: Context | None = None,
        begun: Callable[[], None] = lambda: None,
    ) -> T:
        """Await `function(*args)` in a thread, in a copy of the context; `begun()` is called there first.

        When cancelled before it began, it does not begin; later, the thread goes on and nobody looks.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[T | None, BaseException | None]] = loop.create_future()
        context = (context or copy_context()).copy()

        def settle(value: T | None, error: BaseException | None) -> None:
            if not future.done():
                future.set_result((value, error))

        def job() -> None:
            if future.done():
                return
            begun()
            try:
                value = context.run(function, *args)
            except BaseException as error:
                call_soon(loop, settle, None, error)
            else:
                call_soon(loop, settle, value, None)

        self.submit(job, loop)
        value, error = await future
        if error is not None:
            raise error
        return value  # type: ignore[return-value]

    def _work(self) -> None:
        try:
            with contextlib.ExitStack() as claim:
                claimed = None
                while (found := self._next()) is not None:
                    job, loop = found
                    if loop is not claimed:  # what anyio.from_thread finds; it takes some microseconds
                        claim.close()
                        claim.enter_context(claim_worker_thread(get_async_backend("asyncio"), loop))
                        claimed = loop
                    job()
                    del found, job, loop
        except SystemExit:  # this thread is ended from outside
            with self._changed:
                self._running -= 1

    def _next(self) -> tuple[Callable[[], None], asyncio.AbstractEventLoop] | None:
        """A job; None when the calling thread is to end, which is no longer counted then."""
        end = monotonic() + self._linger
        with self._changed:
            self._idle += 1
            try:
                while not self._jobs and (left := end - monotonic()) > 0:
                    self._changed.wait(min(left, _SLICE))
            finally:
                self._idle -= 1
            if self._jobs:
                return self._jobs.popleft()
            self._running -= 1
            return None


def call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *args: Any) -> None:
    """From a thread: have the event loop call `callback`; nothing if the loop is closed by now."""
    try:
        loop.call_soon_threadsafe(callback, *args)
    except RuntimeError:
        if not loop.is_closed():
            raise
