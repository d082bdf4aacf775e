"""How long a program has had, on a machine that may be busy with something else.

A deadline in seconds of the wall clock would blame a program for what else the machine is doing. So while no
processor is idle, only the seconds that the program's own processes computed count, and a quarter of those
that pass at least: so a program that waits for ever is stopped on any machine, after at most four times the
deadline. On a machine with an idle processor every second counts.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import psutil

_LEAST = 0.25
"""The share of the time that always counts."""

_SPARE = 0.25
"""A machine with less idle than this share of one processor has no time to spare."""

_LOOK_SECONDS = 0.2
_STOPPED_SECONDS = 0.6
"""Who has not looked for so long was stopped meanwhile, and its program with it."""

SLICE_SECONDS = 0.1
"""The longest single wait: a thread that waits for a lock cannot be stopped."""


class _Reading(NamedTuple):
    at: float
    idle: float
    computed: float


class Clock:
    """Counts the seconds that a program has had since the clock was made.

    Args:
        processes: the child processes of the program; each has a ``pid``. More of them may start later.
    """

    def __init__(self, processes: Iterable[Any] = ()) -> None:
        self._processes = processes
        self._had = 0.0
        self._last = self._read()

    def seconds(self) -> float:
        """How many seconds it has had, up to now."""
        if time.monotonic() - self._last.at >= _LOOK_SECONDS:
            last, self._last = self._last, self._read()
            counts = _counts(last, self._last)
            if self._last.at - last.at > _STOPPED_SECONDS:
                counts = min(counts, max(_LOOK_SECONDS, self._last.computed - last.computed))
            self._had += counts
        return self._had + (time.monotonic() - self._last.at) * _LEAST

    def _read(self) -> _Reading:
        return _Reading(time.monotonic(), _idle(), _computed(self._processes))


class Deadline:
    """The seconds that each part of a check may have, by a ``Clock`` that begins anew with the part.

    Args:
        seconds: for each part, unless ``limit`` is changed.
        goes_on: called by ``wait`` when it sees that another part has begun, and now and then in a long one.

    Attributes:
        limit: seconds that the part has which is going on, and those that follow it.
    """

    def __init__(self, seconds: float, goes_on: Callable[[], None] = lambda: None) -> None:
        self.seconds = self.limit = seconds
        self._goes_on = goes_on
        self._part = 0

    def renew(self) -> None:
        """Another part begins: from now on it is given the seconds."""
        self._part += 1

    def wait(self, event: threading.Event, processes: Iterable[Any] = ()) -> bool:
        """Wait for ``event``; False when a part has had its seconds."""
        part, clock, told = self._part, Clock(processes), 0.0
        while (left := self.limit - clock.seconds()) > 0:
            if event.wait(min(SLICE_SECONDS, left)):
                return True
            if part != self._part:
                part, clock, told = self._part, Clock(processes), 0.0
                self._goes_on()
            elif (had := clock.seconds()) - told > self.seconds / 4:
                told = had
                if self.limit > self.seconds:
                    self._goes_on()
        return event.is_set()


def wait_fairly(event: threading.Event, seconds: float, processes: Iterable[Any] = ()) -> bool:
    """Wait as ``event.wait`` does, by a ``Clock``."""
    return Deadline(seconds).wait(event, processes)


def _counts(last: _Reading, now: _Reading) -> float:
    """How much of the time between two readings counts."""
    passed = now.at - last.at
    if now.idle - last.idle > _SPARE * passed or now.idle == 0:
        return passed
    return min(passed, max(now.computed - last.computed, _LEAST * passed))


def _idle() -> float:
    """Idle seconds, of all processors together; 0 where they are not known."""
    times = psutil.cpu_times()
    return float(times.idle + getattr(times, "iowait", 0.0))


def _computed(processes: Iterable[Any]) -> float:
    """Seconds of processor time that this process and these have had."""
    seconds = time.process_time()
    for process in [*processes]:
        with contextlib.suppress(psutil.Error, ValueError):
            times = psutil.Process(process.pid).cpu_times()
            seconds += times.user + times.system
    return seconds
