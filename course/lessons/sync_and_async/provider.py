"""A slow provider, for experiments in which somebody has to wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from course.live import Gate, GateTimeout


class Provider:
    """Answers each call after `delay` seconds, or all as soon as `answer()` is called."""

    def __init__(self, delay: float = 30.0) -> None:
        self.at_once = 0
        self.most_at_once = 0
        self._delay = delay
        self._answer = Gate("the provider answers")
        self._lock = threading.Lock()

    def call(self) -> None:
        """Block until there is an answer, as a library without async does."""
        with self._counted():
            self._answer.wait(self._delay)

    async def call_async(self) -> None:
        """Await the answer."""
        with self._counted():
            await self._answer.wait_async(self._delay)

    def answer(self) -> None:
        """Answer every call, those to come included."""
        self._answer.open()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        except GateTimeout:
            pass  # the delay is over
        finally:
            with self._lock:
                self.at_once -= 1
