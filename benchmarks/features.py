"""What each feature of course.tasks costs, in microseconds per task over a task without it."""

import asyncio
import contextvars
import gc
import statistics
from collections.abc import Callable
from typing import Any

from tenacity import AsyncRetrying

from benchmarks.shapes import noop, once, sync
from course.tasks import Report, TaskManager, retry_transient

N = 2_000
var: contextvars.ContextVar[int] = contextvars.ContextVar("var", default=0)


async def named(name: Any) -> None:
    """Gets its dependency by position, or fixed."""


async def with_default(name: Any, option: int = 0) -> None:
    """Has to be looked at more closely."""


async def sets_a_variable(*results: Any) -> None:
    """Makes its lane unfit for the next task."""
    var.set(var.get() + 1)


def make(task: Callable[..., Any], **options: Any) -> Callable[[], TaskManager]:
    """A chain of N tasks."""

    def build() -> TaskManager:
        manager = TaskManager()
        for i in range(N):
            first = noop if not i and "kwargs" not in options else task
            manager.add_task(f"t{i}", first, [f"t{i - 1}"] if i else [], **options)
        manager.build()
        return manager

    return build


def closures() -> TaskManager:
    """Every task is a function of its own."""
    manager = TaskManager()
    for i in range(N):

        async def task(*results: Any) -> None: ...

        manager.add_task(f"t{i}", task, [f"t{i - 1}"] if i else [])
    manager.build()
    return manager


FEATURES: dict[str, tuple[Callable[[], TaskManager], dict[str, Any]]] = {
    "an async task, with outcome, times, isolation, fairness": (make(noop), {}),
    "keep=True": (make(noop), {"keep": True}),
    "a parameter with a name": (make(named), {}),
    "a parameter with a default beside it": (make(with_default), {}),
    "fixed kwargs": (make(named, kwargs={"name": 1}), {}),
    "each task a function of its own": (closures, {}),
    "retry, not needed": (make(noop, retry=retry_transient()), {}),
    "retry that looks at results (enters tenacity)": (
        make(noop, retry=AsyncRetrying(retry=lambda state: False)),
        {},
    ),
    "timeout, not reached": (make(noop, timeout=60), {}),
    "sets a context variable (a fresh lane)": (make(sets_a_variable), {}),
    "waits once": (make(once), {}),
    "a sync task in a thread lane": (make(sync), {}),
    "a sync task with a timeout (a hop of its own)": (make(sync, timeout=60), {}),
}


Costs = tuple[
    dict[str, list[tuple[float, float]]], list[float]
]  # build and run of each, and reading a report


async def measure_features(
    clock: Callable[[], float],
    rounds: int,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Costs:
    """Microseconds per task, of every round."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in FEATURES}
    reading: list[float] = []
    for turn in range(rounds):
        for k, (name, (build, options)) in enumerate(FEATURES.items()):
            progress(turn * len(FEATURES) + k, rounds * len(FEATURES), "features")
            gc.collect()
            began = clock()
            manager = build()
            built = clock()
            report = await manager.run(**options)
            ended = clock()
            times[name].append(((built - began) / N * 1e6, (ended - built) / N * 1e6))
        reading.append(read(report, clock))
        await asyncio.sleep(0)
    return times, reading


def print_features(times: dict[str, list[tuple[float, float]]], reading: list[float]) -> None:
    """Print the medians as a table."""
    print(f"\n| what it costs, µs per task, chain of {N:,} | build | run |\n|---|---|---|")
    for name, values in times.items():
        build_time, run_time = (statistics.median(v) for v in zip(*values, strict=True))
        print(f"| {name} | {build_time:.2f} | {run_time:.2f} |")
    print(f"| reading the report (made when it is first looked at) | | {statistics.median(reading):.2f} |")


def read(report: Report, clock: Callable[[], float]) -> float:
    """Microseconds per task to make the records."""
    began = clock()
    list(report.values())
    return (clock() - began) / N * 1e6
