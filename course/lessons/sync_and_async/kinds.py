"""The kinds of task that the explorer knows: what they do, and where."""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from html import escape
from typing import Any

from fastapi import FastAPI

from course.lessons.sync_and_async.experiment import Observation, who_waits
from course.lessons.sync_and_async.primes import compute
from course.live import heartbeats
from course.words import padded, say, width

WORKERS = 2
"""Processes in the pool."""


def async_awaiting(seconds: float) -> Callable[[], Any]:
    """A coroutine that awaits."""

    async def awaits() -> None:
        await asyncio.sleep(seconds)

    return awaits


def async_blocking(seconds: float) -> Callable[[], Any]:
    """A coroutine that does not."""

    async def blocks() -> None:
        time.sleep(seconds)

    return blocks


def def_waiting(seconds: float) -> Callable[[], Any]:
    """A plain function that waits."""

    def waits() -> None:
        time.sleep(seconds)

    return waits


def def_computing(seconds: float) -> Callable[[], Any]:
    """A plain function that computes."""

    def computes() -> None:
        compute(seconds)

    return computes


KINDS: dict[str, Callable[[float], Callable[[], Any]]] = {
    "async, awaiting": async_awaiting,
    "async, blocking": async_blocking,
    "def, waiting": def_waiting,
    "def, computing": def_computing,
}
IN_PROCESS = "process, computing"
NAMES = [*KINDS, IN_PROCESS]


def observe(kind: str, requests: int, seconds: float) -> Observation:
    """Make the experiment with tasks of that kind, each `seconds` long.

    Raises:
        KeyError: there is no such kind.
    """
    if kind != IN_PROCESS:
        return who_waits(KINDS[kind](seconds), requests)
    pool = Pool()

    async def awaits_a_process() -> None:
        await pool.run(functools.partial(compute, seconds))

    return who_waits(awaits_a_process, requests, lifespan=pool.lifespan)


def _verdict(seen: Observation) -> str:
    if seen.others_wait:
        return say("everybody waits until it is over")
    return say("others are answered meanwhile")


class Comparison:
    """Several experiments beside each other: what Bob had to bear, and the heart of the event loop."""

    def __init__(self, observations: Mapping[str, Observation]) -> None:
        self.observations = dict(observations)
        self._picture = heartbeats({title: seen.timeline for title, seen in observations.items()})

    def __repr__(self) -> str:
        columns = max(map(width, self.observations))
        return "\n".join(
            f"{padded(title, columns)}  {_verdict(seen)}" for title, seen in self.observations.items()
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {
            "text/plain": repr(self),
            "text/html": f"<pre>{escape(repr(self))}</pre>{self._picture.svg()}",
        }


def compare_kinds(*settings: tuple[str, int], seconds: float = 0.06) -> Comparison:
    """Make the experiment with tasks of some kinds, each so many times at once.

    Raises:
        KeyError: there is no such kind.
    """
    return Comparison(
        {f"{requests} × {kind}": observe(kind, requests, seconds) for kind, requests in settings}
    )


class Pool:
    """A process pool that lives as long as an app."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG002
        """Open it, wait until every worker is up, and close it in the end."""
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(WORKERS, mp_context=spawn) as self._executor:
            await asyncio.gather(*(self.run(functools.partial(time.sleep, 0.01)) for _ in range(WORKERS)))
            yield

    async def run(self, job: Callable[[], Any]) -> Any:
        """Await what `job` returns in a worker process."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, job)
