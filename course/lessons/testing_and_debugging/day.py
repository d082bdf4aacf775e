"""Time as a test sees it: what it sleeps away nobody has to wait for."""

import asyncio
import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import anyio._backends._asyncio

from course.live.at_work import busy
from course.live.signature import unwrapped
from course.practice.clocks import clocks_ahead
from course.practice.pauses import names_of, renamed

_FOR_EVER = 120.0  # seconds, by the clock of the test
_PIECE = 0.002  # seconds that the bench waits at once
_STEPS = 100  # in which a pause passes, at most, while other threads of the test sleep

real_sleep = time.sleep
_real_sleep_async, _real_monotonic, _real_wait = asyncio.sleep, time.monotonic, threading.Event.wait


class Day:
    """Time as the test sees it. A sleep is over as soon as all that can happen has happened.

    What the test does in a second that it sleeps away nobody has to wait for. Only its own threads see this.
    The clock jumps when each of them sleeps or waits for another. While one is at work it goes as clocks do.

    Attributes:
        slept: seconds that the test has slept while nobody of its own was at work, by its clock.
        waited: the seconds in which somebody was.
        needless: of those slept, the seconds in which nothing was left that it could have waited for.
        waits_for_ever: whether they were too many.
        patient_until: by its clock: so long the test waits as it should, for the server.
    """

    def __init__(self, test: Callable[..., Any]) -> None:
        self.slept = self.waited = self.needless = 0.0
        self.waits_for_ever = False
        self.why_blind_to_order = "blind-to-order"  # the miss, if the test is green for who mails first
        self.patient_until = 0.0
        self._thread = 0
        self._skipped = 0.0
        self._waited = 0.0  # seconds for answers
        self._stands_at: float | None = None
        self._test = test
        self._rest: Callable[[], object] = lambda: False
        self._others: list[threading.Thread] = []  # that the test has started, and those that they have
        self._naps: dict[threading.Thread, float] = {}  # until when those sleep, by the clock
        self._starts_our_own = False

    def now(self) -> float:
        """The seconds of this day, in which no answer takes any."""
        if self._stands_at is not None:
            return self._stands_at
        return _real_monotonic() + self._skipped - self._waited

    def stand(self) -> None:
        """The test waits for an answer, for longer on a busy machine."""
        if self._here and self._stands_at is None:
            self._stands_at = self.now()

    def go_on(self) -> None:
        """The test has its answer, or waits for something else."""
        if self._here and self._stands_at is not None:
            self._waited = _real_monotonic() + self._skipped - self._stands_at
            self._stands_at = None

    @contextlib.contextmanager
    def passing(self, rest: Callable[[], object], running: Any) -> Iterator[None]:
        """The day of the calling thread.

        Args:
            running: the test as pytest runs it, whose names are a copy of those of the notebook.
            rest: waits until nothing more can happen by itself; true if something comes later, or
                when the test lets it.
        """
        self._thread, self._rest = threading.get_ident(), rest
        names = [names_of(self._test), names_of(running)]
        sleeps: dict[Any, Any] = {real_sleep: self._sleep, _real_sleep_async: self._sleep_async}
        with contextlib.ExitStack() as stack:
            for each in names:
                stack.enter_context(renamed(each, sleeps))
            stack.enter_context(clocks_ahead(self._ahead, names))
            stack.enter_context(mock.patch.object(time, "sleep", self._sleep))
            for module in (asyncio, anyio._backends._asyncio):
                stack.enter_context(mock.patch.object(module, "sleep", self._sleep_async))
            stack.enter_context(mock.patch.object(threading.Event, "wait", self._event_wait()))
            stack.enter_context(mock.patch.object(threading.Thread, "start", self._start()))
            stack.callback(setattr, self, "_thread", 0)
            yield

    @contextlib.contextmanager
    def our_own(self) -> Iterator[None]:
        """Within, what the test's thread starts is not the test's."""
        self._starts_our_own = True
        try:
            yield
        finally:
            self._starts_our_own = False

    @property
    def _here(self) -> bool:
        return threading.get_ident() == self._thread

    @property
    def _is_other(self) -> bool:
        return threading.current_thread() in self._others

    def skip(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._skipped += seconds

    def _pass(self, seconds: float, event: threading.Event | None = None) -> None:
        """Let so much time pass; less, if the event comes."""
        self.go_on()
        left, slept, needless, alone = seconds, 0.0, False, not self._at_work()
        while True:
            something_comes = self._rest()
            if left <= 0 or (event is not None and event.is_set()):
                break
            if self._at_work():
                left -= self._wait_really(min(_PIECE, left), event)
                continue
            naps = list(self._naps.values())
            step = min(left, max(min(naps) - self.now(), seconds / _STEPS)) if naps else left
            self.skip(step)
            left, slept = left - step, slept + step
            needless = alone and step == seconds and not (naps or something_comes)
        if event is None or not event.is_set():
            self.slept += slept
            self.needless += slept if needless else 0
        if self.slept + self.waited > _FOR_EVER:
            self.waits_for_ever = True
            raise TimeoutError("the test waits for ever")

    def _wait_really(self, seconds: float, event: threading.Event | None) -> float:
        begun = _real_monotonic()
        if event is None:
            real_sleep(seconds)
        else:
            _real_wait(event, seconds)
        waited = _real_monotonic() - begun
        self.waited += waited
        return waited

    def _at_work(self) -> bool:
        """Whether a thread of the test is about to do something."""
        self._others = [each for each in self._others if each.ident is None or each.is_alive()]
        awake = [each for each in self._others if self._naps.get(each, 0.0) <= self.now()]
        return bool(awake) and (any(each.ident is None for each in awake) or bool(busy(awake)))

    def _nap(self, seconds: float, event: threading.Event | None = None) -> None:
        """Another thread of the test sleeps: until the clock has come so far, or for so long."""
        me, end = threading.current_thread(), _real_monotonic() + seconds
        self._naps[me] = self.now() + seconds
        try:
            while (left := min(end - _real_monotonic(), self._naps[me] - self.now())) > 0:
                if event is None:
                    real_sleep(min(_PIECE, left))
                elif _real_wait(event, min(_PIECE, left)):
                    break
        finally:
            del self._naps[me]

    def _sleep(self, seconds: float) -> None:
        if self._here:
            self._pass(seconds)
        elif self._is_other and seconds > 0:
            self._nap(seconds)
        else:
            real_sleep(seconds)

    async def _sleep_async(self, delay: float, result: Any = None) -> Any:
        if not self._here or delay <= 0:
            return await _real_sleep_async(delay, result)
        await _real_sleep_async(0)
        if _something_comes(asyncio.get_running_loop(), delay) or self._at_work():
            begun = _real_monotonic()
            await _real_sleep_async(delay)
            self.waited += _real_monotonic() - begun
        else:
            self._pass(delay)
        return result

    def _ahead(self) -> float:
        return self._skipped if self._here or self._is_other else 0.0

    def _event_wait(self) -> Callable[..., bool]:
        files = _files_of(self._test)

        def wait(event: threading.Event, timeout: float | None = None) -> bool:
            if timeout is None or timeout <= 0 or event.is_set():
                return _real_wait(event, timeout)
            if sys._getframe(1).f_code.co_filename in files:
                if self._here:
                    self._pass(timeout, event)
                    return event.is_set()
                if self._is_other:
                    self._nap(timeout, event)
                    return event.is_set()
            return _real_wait(event, timeout)

        return wait

    def _start(self) -> Callable[[threading.Thread], None]:
        real = threading.Thread.start

        def start(thread: threading.Thread) -> None:
            of_the_test = (self._here and not self._starts_our_own) or self._is_other
            if of_the_test:
                self._others.append(thread)
            try:
                real(thread)
            except BaseException:
                if of_the_test:
                    self._others.remove(thread)
                raise

        return start


def _files_of(test: Any) -> set[str]:
    functions = list(vars(test).values()) if isinstance(test, type) else [unwrapped(test)]
    codes = (getattr(each, "__code__", None) for each in functions)
    return {code.co_filename for code in codes if code is not None}


def _something_comes(loop: Any, delay: float) -> bool:
    """Whether another task of the running event loop does something within that time; when in doubt, it does.

    Only ``asyncio``'s own loops can be asked: they keep what is ready and what waits for a time.
    """
    try:
        return bool(loop._ready) or any(
            not timer.cancelled() and timer.when() <= loop.time() + delay for timer in loop._scheduled
        )
    except AttributeError:
        return len(asyncio.all_tasks(loop)) > 1
