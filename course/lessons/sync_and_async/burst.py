"""Many orders, and a slow provider behind the response: what is left for the others?"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from course.lessons.sync_and_async.provider import Provider, settle_down
from course.live import serve

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

TEXT = "a def endpoint answers: {answers}; calls at the provider at once: {at_once}"


@dataclass(frozen=True)
class Burst:
    """What the burst left to the others, and what the provider had to bear."""

    endpoint_answers: bool
    at_once: int

    def __str__(self) -> str:
        return TEXT.format(answers=self.endpoint_answers, at_once=self.at_once)

    __repr__ = __str__


def burst(task: Callable[[Provider], Any], lifespan: Lifespan | None = None, orders: int = 45) -> Burst:
    """Let many orders leave task(provider) behind while the provider is slow; then ask a def endpoint."""
    provider = Provider()
    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(tasks: BackgroundTasks) -> None:
        tasks.add_task(task, provider)

    @app.get("/def")
    def innocent() -> str:
        return "fine"

    with serve(app) as server:
        for _ in range(orders):
            server.client.post("/orders")
        settle_down(provider)
        innocent_request = server.submit("GET", "/def")
        at_once = settle_down(provider)
        answers = innocent_request.done
        provider.answer()
        server.settle()
    return Burst(answers, at_once)
