"""How a check waits: until what it wants to see has come, or cannot come any more.

There is one way to wait, for the check itself, for the bench, and for what stands in for somebody in a
program. It ends as soon as ``course.live.quiet`` proves that nothing more can happen. Where that cannot be
proved the seconds of a deadline decide, which only a program meets that goes on and never gets there.
"""

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from course.live.quiet import Stillness, bystander
from course.live.quiet import pause as sleep
from course.practice._clock import Clock, Deadline
from course.practice._contain import Descendants

_LONGEST_SLICE = 0.03
_LOOKS = 8
_SOON = 0.01
"""Most things happen within slices shorter than this, without a look at who else is at work."""

bystander(lambda local: local["event"].is_set())(Deadline.wait)


@bystander(lambda local: local["wait"].is_over)
def patiently(happened: Callable[[], object], seconds: float = 2) -> bool:
    """Wait until ``happened()`` is true; whether it became so before the patience was at an end.

    That is when it is proved that nothing more can happen, or after ``seconds``. Those who wait at the same
    time lose their patience one after the other, and first the one whose seconds are over first.

    Args:
        happened: says whether that which is waited for has happened; asked several times.
        seconds: for who goes on and never gets there. They are counted in looks, and by a ``Clock``: neither
            a machine that is busy nor one that stops the process for a while makes them fewer.
    """
    with _Wait(seconds) as wait:
        for slice in wait.slices(happened):
            time.sleep(slice)
    return wait.came


async def patiently_async(happened: Callable[[], object], seconds: float = 2) -> bool:
    """As ``patiently``, in a coroutine: the event loop goes on meanwhile."""
    with _Wait(seconds, asyncio.get_running_loop()) as wait:
        for slice in wait.slices(happened):
            await sleep(slice)
    return wait.came


def at_rest() -> bool:
    """Whether it is proved, in less than a second, that nothing more can happen by itself."""
    with _Wait(math.inf) as wait:
        for _ in range(_LOOKS):
            time.sleep(_LONGEST_SLICE)
            wait._looks += 1
            if wait._is_in_vain():
                return True
    return False


class _Wait:
    """Somebody who waits for something with so many seconds of patience."""

    _all: ClassVar[list["_Wait"]] = []

    def __init__(self, seconds: float, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.came = False
        self.is_over = False
        self._due = time.monotonic() + seconds
        self._seconds = seconds
        self._slept = 0.0
        self._loop = loop
        self._who: object = threading.get_ident() if loop is None else self  # who waits within a wait is one
        self._jumps = getattr(loop, "jumps", False)  # time on it is not the machine's
        self._clock: Clock | None = None
        self._stillness = Stillness()
        self._looks = 0
        self._theirs: dict[_Wait, int] = {}  # the others' looks when everybody had come to a standstill

    def __enter__(self) -> "_Wait":
        self._all.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over = True
        self._all.remove(self)

    def slices(self, happened: Callable[[], object]) -> Iterator[float]:
        """Seconds to be slept until the next look."""
        slice = 0.001
        while not self._look(happened) and (left := self._left()) > 0:
            slept = min(slice, left)
            yield slept
            self._slept += slept
            if slice >= _SOON and not self._jumps and self._is_in_vain():
                self._look(happened)
                return
            slice = min(slice * 2, _LONGEST_SLICE)

    def _look(self, happened: Callable[[], object]) -> bool:
        self.came = self.is_over = bool(happened())
        self._looks += 1
        return self.came

    def _left(self) -> float:
        if self._jumps or self._slept < _LONGEST_SLICE:
            return self._seconds - self._slept
        if self._clock is None:
            self._clock, self._slept = Clock(Descendants()), 0.0
            self._seconds -= _LONGEST_SLICE
        return self._seconds - min(self._slept, self._clock.seconds())

    def _is_in_vain(self) -> bool:
        """Whether nothing more can happen unless somebody loses patience, and it is for this one to do so."""
        proved = self._stillness.proved(self._loop)
        others = [each for each in self._all if each._who != self._who]
        if not self._stillness.looks:
            self._theirs = {each: each._looks for each in others}
        looked = all(each._looks > self._theirs.setdefault(each, each._looks) + 1 for each in others)
        return proved and looked and all(self._due <= each._due for each in others)
