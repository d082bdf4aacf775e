"""Pauses that keep an event loop from everybody else: found by who makes them where, not by a clock."""

import asyncio
import contextlib
import functools
import inspect
import sys
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any
from unittest import mock

from starlette.types import ASGIApp, Receive, Scope, Send


def names_of(program: Any) -> dict[str, Any]:
    """The names of the notebook in which a program, a function or a class, was defined."""
    if isinstance(program, type):
        program = next(filter(inspect.isfunction, vars(program).values()), program)
    names: dict[str, Any] = getattr(inspect.unwrap(program), "__globals__", {})
    return names


def renamed(
    names: MutableMapping[str, Any], others: Mapping[Any, Any]
) -> contextlib.AbstractContextManager[Any]:
    """Within, each of these names that stands for a key of ``others``, the very object, stands for its value.

    So it is found under whatever name a program has imported it.
    """
    own = {name: other for name, value in names.items() for key, other in others.items() if value is key}
    return mock.patch.dict(names, own)


class LoopPauses:
    """Notes each pause that a program makes on the event loop of its server, and takes its time away.

    From the server's first request on, until ``no_more_requests``. A thread may pause as it likes, and on an
    event loop of its own.
    """

    def __init__(self) -> None:
        self.noted: list[tuple[str, float]] = []
        """What was called for each of them, and the seconds."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def inside(self, app: ASGIApp) -> ASGIApp:
        """The app, for ``bench.serve(…, inside=…)``: its requests tell which event loop is the server's."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self._loop = asyncio.get_running_loop()
            await app(scope, receive, send)

        return noted

    def no_more_requests(self) -> None:
        """The server is about to shut down: from now on nobody waits for its event loop."""
        self._loop = None

    @contextlib.contextmanager
    def watched(self, build: Any) -> Iterator[None]:
        """Within, ``time.sleep`` and ``Event.wait`` with a time-out are noted.

        Args:
            build: the learner's function: whatever its notebook calls ``time.sleep`` is noted, too.
        """
        sleep, wait = time.sleep, threading.Event.wait

        @functools.wraps(sleep)  # a process pool takes it for the one of its own
        def noted_sleep(seconds: float) -> None:
            if not self._is_here("time.sleep", seconds):
                sleep(seconds)

        @functools.wraps(wait)
        def noted_wait(event: threading.Event, timeout: float | None = None) -> bool:
            if timeout is not None and not event.is_set() and self._is_here("Event.wait", timeout):
                return event.is_set()
            return wait(event, timeout)

        with (
            mock.patch.object(time, "sleep", noted_sleep),
            mock.patch.object(threading.Event, "wait", noted_wait),
            renamed(names_of(build), {sleep: noted_sleep}),
        ):
            yield

    def _is_here(self, name: str, seconds: float) -> bool:
        """Whether the program is about to block the loop that answers requests; it is noted, if so."""
        by = sys._getframe(2).f_globals.get("__name__", "")
        loop = asyncio._get_running_loop()
        if seconds <= 0 or loop is None or loop is not self._loop or by.startswith("course."):
            return False
        self.noted.append((name, seconds))
        return True
