"""Who waits while a background task runs? An experiment on a running server."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from html import escape
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from course.live import Exchange, Task, Timeline, serve
from course.timeline.model import shown
from course.words import say

PULSE = 0.005
"""Seconds between two ticks of the event loop."""

PAUSE = 0.008
"""Seconds between two pings of Bob."""

TRIES = 3
"""On a busy machine a ping may be late for a reason of its own; if once it was not, nobody has to wait."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def who_waits(
    task: Callable[[], Any],
    requests: int = 1,
    *,
    lifespan: Lifespan | None = None,
) -> Observation:
    """Leave `task` behind one response, or several at once, while Bob pings."""
    app = FastAPI(lifespan=lifespan)

    @app.post("/work", status_code=202)
    async def work(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    @app.get("/ping")
    async def ping() -> str:
        return "pong"

    for _ in range(TRIES):
        with serve(app, pulse=PULSE) as server:
            bob = server.new_client("Bob")
            bob.get("/ping")
            for _ in range(requests):
                server.submit("POST", "/work")
            while ended(server.timeline) < requests:
                bob.get("/ping")
                time.sleep(PAUSE)
        seen = Observation(server.timeline)
        if not seen.others_wait:
            break
    return seen


def ended(timeline: Timeline) -> int:
    """How many tasks have ended."""
    return sum(task.ended is not None for task in timeline.tasks)


@dataclass(frozen=True)
class Observation:
    """What the experiment saw."""

    timeline: Timeline

    @property
    def pings(self) -> list[Exchange]:
        """Those of Bob's requests that were answered."""
        return [one for one in self.timeline.requests if one.title == "GET /ping" and one.reply]

    @property
    def others_wait(self) -> bool:
        """Whether no ping was both sent and answered while a task was running."""
        return not any(answered_during(task, ping) for task in self.timeline.tasks for ping in self.pings)

    def __repr__(self) -> str:
        first = self.timeline.tasks[0]
        where = say("{task}: {lane}", task=first.function, lane=shown(first.thread))
        return f"{where}\n{self._verdict()}"

    def _verdict(self) -> str:
        if self.others_wait:
            return say("Bob was never answered while it ran: everybody waits.")
        return say("Bob was answered while it ran: the others get their turn.")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {
            "text/plain": repr(self),
            "text/html": f"<pre>{escape(repr(self))}</pre>{self.timeline.svg()}",
        }


def answered_during(task: Task, ping: Exchange) -> bool:
    """Whether the ping was sent, and its response complete, while the task was running."""
    if task.started is None or task.ended is None or ping.sent is None or ping.response_complete is None:
        return False
    return task.started <= ping.sent and ping.response_complete <= task.ended
