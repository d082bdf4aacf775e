"""Requests that overlap for certain, and responses that wait for what their endpoints have started."""

import asyncio
import threading
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course.live.at_work import at_a_gate, busy, started_here
from course.practice._patience import patiently, patiently_async

_MOMENT = 0.05  # in looks
_SECONDS = 3  # that a response is held at most, by a program which lets no second request in
_THREADS_SECONDS = (
    0.5  # and by a thread that works on for ever, such as one that looks for work again and again
)


class Overlap:
    """An app around the learner's: it decides when a response begins, which is where its tasks can run.

    So that two requests meet, ``together(2)`` lets the next two responses begin when both endpoints have
    run. What a thread that an endpoint has started does without waiting at a gate, it has done by then.

    Args:
        app: the learner's.
        enough: says that no more is to be waited for from such threads.
        early: counts what ought to come after a response. Each response is held for a moment, with the event
            loop free, so that what comes beside the request has every chance to come before.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        enough: Callable[[], bool] = lambda: False,
        early: Callable[[], int] | None = None,
    ) -> None:
        self._app = app
        self._enough = enough
        self._early = early
        self._missing = 0
        self._all_there = asyncio.Event()

    def together(self, number: int) -> None:
        """Let the next ``number`` responses begin when all of them can."""
        self._missing, self._all_there = number, asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As the app; see the class."""
        before = started_here()
        early = self._early
        known = early() if early else 0

        async def held(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._let_threads_work(before)
                if early:
                    await patiently_async(lambda: early() > known, _MOMENT)
                await self._meet()
            await send(message)

        await self._app(scope, receive, held if scope["type"] == "http" else send)

    def _let_threads_work(self, before: set[threading.Thread]) -> None:
        """Not awaiting: what the loop would do next comes after the response, as without us."""

        def at_work() -> bool:
            return not all(at_a_gate(thread) for thread in busy(started_here() - before))

        patiently(lambda: self._enough() or not at_work(), _THREADS_SECONDS)

    async def _meet(self) -> None:
        if not self._missing:
            return
        self._missing -= 1
        if not self._missing:
            self._all_there.set()
        if not await patiently_async(self._all_there.is_set, _SECONDS):
            self._missing = 0
            self._all_there.set()
