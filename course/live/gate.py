"""A gate that holds a task until the lesson opens it: an order of events without a single sleep."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from pathlib import Path

from course.live.errors import GateTimeout
from course.live.quiet import bystander, limit
from course.live.threads import wait
from course.words import say

_LOOK = 0.01  # seconds between two looks at a file


class Gate:
    """Closed at first; `open` lets everything that waits go on, and nothing has to wait after it.

    Threads and coroutines of several event loops may wait for one gate at the same time.
    """

    def __init__(self, name: str = "gate") -> None:
        self.name = name
        self._opened = threading.Event()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        return self._opened.is_set()

    def open(self) -> None:
        """Open it for good. Opening an open gate does nothing."""
        self._opened.set()
        for loop, future in list(self._waiting):
            with contextlib.suppress(RuntimeError):  # that loop has been closed
                loop.call_soon_threadsafe(_resolve, future)

    @bystander(lambda local: local["self"].is_open)
    def wait(self, timeout: float = 5) -> None:
        """Block the calling thread until the gate is open.

        Raises:
            GateTimeout: it was not, within `timeout` seconds.
        """
        if not wait(self._opened.wait, timeout):
            raise self._timeout(timeout)

    async def wait_async(self, timeout: float = 5) -> None:
        """Wait in a coroutine, which leaves the event loop free.

        Raises:
            GateTimeout: the gate was not opened within `timeout` seconds.
        """
        future = asyncio.get_running_loop().create_future()
        entry = (future.get_loop(), future)
        self._waiting.append(entry)
        if self.is_open:  # it may have been opened before `entry` was in the list
            _resolve(future)
        try:
            async with limit(timeout):
                await future
        except TimeoutError:
            raise self._timeout(timeout) from None
        finally:
            self._waiting.remove(entry)

    def _timeout(self, seconds: float) -> GateTimeout:
        return GateTimeout(
            say("The gate {name!r} was not opened within {seconds:g} s.", name=self.name, seconds=seconds)
        )

    def __repr__(self) -> str:
        return f"Gate({self.name!r}, {'open' if self.is_open else 'closed'})"


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class FileGate:
    """A gate between processes: open when the file exists."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @property
    def is_open(self) -> bool:
        """Whether it has been opened."""
        return self.path.exists()

    def open(self) -> None:
        """Open it for good. Opening an open gate does nothing."""
        self.path.touch()

    def wait(self, timeout: float = 60) -> None:
        """Block the calling thread until the gate is open.

        Raises:
            GateTimeout: it was not, within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while not self.is_open:
            if time.monotonic() > end:
                raise self._timeout(timeout)
            time.sleep(_LOOK)

    async def wait_async(self, timeout: float = 60) -> None:
        """Wait in a coroutine, which leaves the event loop free.

        Raises:
            GateTimeout: the gate was not opened within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while not self.is_open:
            if time.monotonic() > end:
                raise self._timeout(timeout)
            await asyncio.sleep(_LOOK)

    def _timeout(self, seconds: float) -> GateTimeout:
        return GateTimeout(
            say(
                "The gate {name!r} was not opened within {seconds:g} s.", name=self.path.name, seconds=seconds
            )
        )

    def __repr__(self) -> str:
        return f"FileGate({self.path.name!r}, {'open' if self.is_open else 'closed'})"
