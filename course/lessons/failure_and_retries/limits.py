"""The end of a lifespan that waits for its threads with a limit, for checks: the limit is met at once."""

import functools
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

from course.practice.pauses import LoopPauses

_BRIEFLY = 0.05  # seconds; who joins a thread again and again has something to do in between

Message = MutableMapping[str, Any]


class MetLimits:
    """An app; when its lifespan is told to stop, waits with a time-out end by it, however long that is.

    That is ``Thread.join`` in any thread, and on the event loop whatever ``LoopPauses`` knows. Who then waits
    again notices nothing. For ``bench.serve(app, inside=…)``, within ``watched``.

    Args:
        app: the app.
        build: the learner's function, which has made it.
    """

    def __init__(self, app: Any, build: Callable[..., Any]) -> None:
        self.ended = False
        """Whether its lifespan is over: the process may end now, whatever goes on in it."""
        self._app = app
        self._build = build
        self._pauses = LoopPauses()
        self._stops = False

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """As ASGI has it."""

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._stops = True
                self._pauses.of_this_loop()
            return message

        async def tell(message: Message) -> None:
            self.ended |= message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed")
            await send(message)

        await self._app(scope, hear, tell)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within, the limits of this app are met."""
        with self._pauses.watched(self._build):
            join = threading.Thread.join

            def limited(thread: threading.Thread, timeout: float | None = None) -> None:
                name = str(sys._getframe(1).f_globals.get("__name__"))
                if timeout is not None and self._stops and not name.startswith("course."):
                    timeout = min(timeout, _BRIEFLY)
                join(thread, timeout)

            # who looks at frames sees a join
            limited.__code__ = limited.__code__.replace(co_filename=join.__code__.co_filename)
            with mock.patch.object(threading.Thread, "join", functools.wraps(join)(limited)):
                yield
