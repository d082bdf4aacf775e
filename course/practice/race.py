"""Makes races certain, for checks: on a database, with an answer, with a clock."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import heapq
import math
import re
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from unittest import mock

from course.live import Gate
from course.practice._patience import patiently

Message = MutableMapping[str, Any]


class Lookers(threading.Barrier):
    """Where those who have looked wait for each other."""

    impatient = False
    """Whether a statement met a lock on a connection that was told not to wait for one."""


class RacingConnection(sqlite3.Connection):
    """Makes sure of a race that otherwise happens sometimes.

    After a look, a statement that begins with SELECT, WITH or VALUES, it waits until every connection has
    done one. In a transaction it waits for another thread that uses this very connection meanwhile.
    """

    everybody: Lookers | None = None
    """Those who wait for each other after a look."""
    meeting: Meeting | None = None
    """What two threads in one transaction are noted in."""
    patience = 1.5
    """The longest wait for the others, in seconds."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """As in ``sqlite3``."""
        super().__init__(*args, **options)
        self.made_in = threading.current_thread()

    def __del__(self) -> None:
        """Close it when nothing refers to it: closing a connection in use by a thread ends the process."""
        self.close()

    def cursor(self, factory: Any = None) -> Any:
        """As in ``sqlite3``, with a cursor that waits."""
        return super().cursor(factory or _RacingCursor)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """As in ``sqlite3``, with a cursor that waits."""
        cursor: sqlite3.Cursor = self.cursor().execute(sql, *parameters)
        return cursor

    def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        """As in ``sqlite3``, with a cursor that waits."""
        cursor: sqlite3.Cursor = self.cursor().executemany(sql, parameters)
        return cursor


_LOOK = re.compile(r"(?>\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*+(SELECT|WITH|VALUES)\b", re.IGNORECASE | re.DOTALL)
"""How a statement begins that looks, behind comments, each of which is taken as a whole."""


class _RacingCursor(sqlite3.Cursor):
    connection: RacingConnection

    def execute(self, sql: str, *parameters: Any) -> _RacingCursor:
        with self._meeting(), self._locked_out():
            super().execute(sql, *parameters)
        looks = self.description is not None and _LOOK.match(sql)
        if self.connection.everybody is not None and looks:
            self._wait_for_the_others(self.connection.everybody)
        return self

    def executemany(self, sql: str, parameters: Any) -> _RacingCursor:
        with self._meeting(), self._locked_out():
            super().executemany(sql, parameters)
        return self

    @contextlib.contextmanager
    def _meeting(self) -> Iterator[None]:
        """Around a statement."""
        meeting = self.connection.meeting
        if meeting is not None:
            meeting.come(self.connection)
        yield
        if meeting is not None and self.connection.in_transaction:
            meeting.stay(self.connection)

    @contextlib.contextmanager
    def _locked_out(self) -> Iterator[None]:
        """Around a statement, too: whether one that met a lock was told not to wait."""
        try:
            yield
        except sqlite3.OperationalError:
            if self.connection.everybody is not None:
                ((told,),) = sqlite3.Cursor(self.connection).execute("PRAGMA busy_timeout")
                self.connection.everybody.impatient |= told == 0
            raise

    def _wait_for_the_others(self, everybody: threading.Barrier) -> None:
        rows = self.fetchall()
        names = ['? AS "{}"'.format(column[0].replace('"', '""')) for column in self.description]
        with contextlib.suppress(threading.BrokenBarrierError):
            everybody.wait(timeout=self.connection.patience)
        super().execute(_select(names, len(rows)), [value for row in rows for value in row])


class Meeting:
    """Holds the first thread that is in a transaction of a connection which it has not made itself, until
    another thread uses the same connection.
    """

    def __init__(self) -> None:
        self.begun = threading.Event()
        """Set when the first thread is in its transaction."""
        self.happened = threading.Event()
        """Set when another thread has come to its connection: the transaction of one is that of both."""
        self._thread: threading.Thread | None = None
        self._connection: RacingConnection | None = None

    def come(self, connection: RacingConnection) -> None:
        """Before a statement."""
        if self._connection is connection and threading.current_thread() is not self._thread:
            self.happened.set()

    def stay(self, connection: RacingConnection) -> None:
        """In a transaction."""
        if self._thread is None and connection.made_in is not threading.current_thread():
            self._thread, self._connection = threading.current_thread(), connection
            self.begun.set()
            self.happened.wait(connection.patience)
            self._connection = None


def _select(columns: list[str], rows: int) -> str:
    """A statement that returns its parameters as rows, under the same column names."""
    if not rows:
        return "SELECT NULL WHERE 0"
    return " UNION ALL ".join([f"SELECT {', '.join(columns)}"] * rows)


@contextlib.contextmanager
def other_hashes() -> Iterator[None]:
    """Within, ``hash()`` gives other numbers, as it does to texts in another process."""
    here = builtins.hash
    with mock.patch.object(builtins, "hash", lambda value: here(value) ^ 0x5BD1E995):
        yield


class HeldAnswers:
    """An app whose answers are held when they are complete, and before the client has any of them.

    What has to be there before the answer is there while it is held. For ``bench.serve(app, inside=…)``.

    Args:
        app: the app that answers.
        gate: what holds the answers.
        method: only answers to this one.
    """

    def __init__(self, app: Any, gate: Gate, method: str = "POST") -> None:
        self.made = threading.Event()
        """Set when there is an answer."""
        self.status = 0
        """The status of that answer."""
        self.body = b""
        """Its body."""
        self._app = app
        self._gate = gate
        self._method = method

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """As ASGI has it."""
        if scope.get("method") != self._method:
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.start" or message.get("more_body"):
                return
            if not self.made.is_set():
                self.status = next((each["status"] for each in held if "status" in each), 0)
                self.body = b"".join(each.get("body", b"") for each in held)
                self.made.set()
            await self._gate.wait_async(timeout=_NEVER)
            while held:
                await send(held.pop(0))

        await self._app(scope, receive, hold)


class TimeLapse:
    """An app on whose event loop time can be skipped: who waits for so many seconds has waited for them.

    Who waits for an event notices nothing. Give it to ``bench.serve(app, inside=…)``.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._loop: asyncio.AbstractEventLoop | None = None
        self._skipped = 0.0

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """As ASGI has it."""
        if self._loop is None:
            loop = self._loop = asyncio.get_running_loop()
            loop.time = lambda: time.monotonic() + self._skipped  # type: ignore[method-assign]
        await self._app(scope, receive, send)

    def rounds(self, number: int = 20, patience: float = math.inf) -> bool:
        """Let the loop do all that it can do now, and so many rounds of what follows from it.

        Returns:
            False when it stands still: somebody blocks it who waits for what cannot come, or waits longer
            than ``patience``, in seconds.
        """
        loop = self._loop
        assert loop is not None
        for _ in range(number):
            done = threading.Event()
            try:
                loop.call_soon_threadsafe(done.set)
            except RuntimeError:  # it is closed
                return True
            if not done.wait(_SLICE) and not patiently(lambda: done.is_set() or loop.is_closed(), patience):  # noqa: B023
                return False
        return True

    def skip(self, seconds: float = 60, patience: float = math.inf) -> None:
        """Let so many seconds pass, with rounds of the loop in between; none while the loop stands still."""
        for _ in range(_STEPS):
            if not self.rounds(3, patience):
                return
            self._skipped += seconds / _STEPS
        self.rounds(patience=patience)

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        """Within, no time passes for who begins to wait for some: sleeps and time-outs end later.

        So what comes is what needs no time, however slow the machine is, and whatever else the program does.
        """
        loop: Any = self._loop
        kept: list[asyncio.TimerHandle] = []

        def keep(when: float, callback: Callable[..., Any], *args: Any, context: Any = None) -> Any:
            if when <= loop.time():
                return type(loop).call_at(loop, when, callback, *args, context=context)
            kept.append(asyncio.TimerHandle(when, callback, args, loop, context))
            return kept[-1]

        def give_back() -> None:
            for timer in kept:
                if not timer.cancelled():
                    timer._scheduled = True  # type: ignore[attr-defined]
                    heapq.heappush(loop._scheduled, timer)

        loop.call_at = keep
        try:
            yield
        finally:
            del loop.call_at
            with contextlib.suppress(RuntimeError):  # it is closed
                loop.call_soon_threadsafe(give_back)


_NEVER = 1e6  # seconds; the bench opens every gate in the end
_SLICE = 0.05  # seconds in which a loop that is free gives a sign
_STEPS = 20  # in which time is skipped
