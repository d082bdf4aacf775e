"""An event loop whose clock jumps: when everybody waits for a moment, that moment is there.

A sleep of a minute takes no time, and a time-out comes after its 0.2 seconds exactly, however
busy the machine is. While a thread of the program is at work the clock goes as clocks do.
"""

import asyncio
import selectors
import threading
import time
from collections.abc import Mapping
from typing import Any

from course.live.at_work import busy
from course.live.loops import native

_SLICE = 0.01  # seconds between two looks at a thread that works
_SPINS = 1000  # so many turns of the loop take no time; who polls in more of them still gets on
_SPIN_SECONDS = 0.001


class Stuck(Exception):
    """Everybody waits for something that never comes: no clock, no thread and no connection can bring it."""


class _Jumping(selectors.BaseSelector):
    """A selector that does not wait for time."""

    def __init__(self) -> None:
        self.now = time.monotonic()
        self._spins = 0
        self._real = selectors.DefaultSelector()
        self._before = set(threading.enumerate())

    def select(self, timeout: float | None = None) -> Any:
        if (events := self._real.select(0)) or (timeout is not None and timeout <= 0):
            self._spins += 1
            self.now += _SPIN_SECONDS if self._spins > _SPINS else 0
            return events
        self._spins = 0
        if busy(set(threading.enumerate()) - self._before):
            begun = time.monotonic()
            events = self._real.select(_SLICE if timeout is None else min(_SLICE, timeout))
            self.now += time.monotonic() - begun
            return events
        if events := self._real.select(0):  # what a thread has left behind
            return events
        if timeout is None:
            raise Stuck
        self.now += timeout
        return events

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class _VirtualLoop(asyncio.SelectorEventLoop):
    jumps = True
    """Its time is not the machine's."""

    def __init__(self, selector: _Jumping) -> None:
        self._clock = selector
        super().__init__(selector)

    def time(self) -> float:
        """Seconds, of which none has passed that nobody waited for."""
        return self._clock.now


def virtual_loop() -> asyncio.AbstractEventLoop:
    """A new event loop with a clock of its own; what waits for ever on it raises `Stuck` out of its run."""
    return native(_VirtualLoop(_Jumping()))
