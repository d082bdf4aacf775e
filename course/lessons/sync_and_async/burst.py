"""Many orders, and a slow provider behind the response: what is left for the others?"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from fastapi import BackgroundTasks, FastAPI

from course.lessons.sync_and_async.provider import Provider
from course.live import serve
from course.words import say

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

ORDERS = 45


@dataclass(frozen=True)
class Burst:
    """What the burst left to the others, and what the provider had to bear."""

    endpoint_answers: bool
    at_once: int

    def __str__(self) -> str:
        return say(
            "a def endpoint answers: {answers}; calls at the provider at once: {at_once}",
            answers=self.endpoint_answers,
            at_once=self.at_once,
        )

    __repr__ = __str__


def burst(
    task: Callable[[Provider], Any],
    *,
    lifespan: Lifespan | None = None,
    limiter: anyio.CapacityLimiter | None = None,
) -> Burst:
    """Leave task(provider) behind 45 orders to one that is slow; ask a def endpoint."""
    provider = Provider()
    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(tasks: BackgroundTasks) -> None:
        tasks.add_task(task, provider)

    @app.get("/def")
    def innocent() -> str:
        return "fine"

    @app.get("/waiting")
    async def waiting_for_a_thread() -> int:
        limiters = {limiter or default_limiter(), default_limiter()}
        return sum(each.statistics().tasks_waiting for each in limiters)

    with serve(app) as server:

        def waiting() -> int:
            time.sleep(0.01)
            return int(server.client.get("/waiting").text)

        for _ in range(ORDERS):
            server.client.post("/orders")
        patience = time.monotonic() + 4
        while provider.at_once + waiting() < ORDERS and time.monotonic() < patience:
            pass  # not every order has got as far as it can
        at_once, queue = provider.at_once, waiting()
        request = server.submit("GET", "/def")
        while not request.done and waiting() == queue:
            pass  # it is neither answered nor has it joined the queue
        answers = request.done
        provider.answer()
        server.settle()
    return Burst(answers, at_once)


default_limiter = anyio.to_thread.current_default_thread_limiter
