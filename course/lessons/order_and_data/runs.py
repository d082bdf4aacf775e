"""What the checks of a graph share: a run of a manager, and what came of it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from course.lessons.order_and_data.hostile import Graph
from course.lessons.order_and_data.probe import (
    Probe,
    grouped,
    steps,
)
from course.lessons.order_and_data.worked import TaskManager
from course.practice import Bench, BlankTouched, NotYet, patiently_async


class Outcome:
    """How a run of the learner's function came to an end."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: Exception | None = None
        self.hangs = False
        self.left = False

    def returned(self) -> Any:
        """What it returned.

        Raises:
            NotYet: it did not come to an end.
            Exception: what it raised.
        """
        if self.hangs:
            raise NotYet("hangs")
        return self.value


def outcome_of(
    bench: Bench,
    run: Callable[..., Any],
    *given: Any,
    probe: Probe | None = None,
    may_fail: bool = False,
    cancel: bool = False,
    within: float | None = None,
) -> Outcome:
    """Run the learner's function to its end, and look at what it has left behind on the event loop.

    Args:
        bench: of the check.
        run: the function.
        *given: its arguments.
        probe: whose tasks it runs.
        may_fail: an error of the run is part of the outcome, and not told to the learner as it is.
        cancel: end the run as soon as a task has begun.
        within: so long, in looks, it may go on without a task that begins or ends; else the engine ends
            what never comes to an end.
    """
    outcome = Outcome()

    async def begin(*given: Any) -> Any:
        result = run(*given)
        return await result if inspect.isawaitable(result) else result

    async def observed(*given: Any) -> None:
        ours = asyncio.all_tasks()
        work = asyncio.ensure_future(begin(*given))
        work.add_done_callback(lambda work: work.cancelled() or work.exception())  # it is not lost
        if probe is not None:
            probe.loop = asyncio.get_running_loop()
            if cancel:
                await patiently_async(lambda: probe.events or work.done())
                await steps()
                work.cancel()
        if within is None:
            await asyncio.wait([work])
        else:
            await _until_nothing_happens(work, probe, within)
        if not work.done():
            outcome.hangs = True
            work.cancel()
            return
        _note_end(outcome, work, probe, may_fail or cancel)
        await steps()
        outcome.left = any(not task.done() for task in asyncio.all_tasks() - ours - {work})

    bench.run(named_like(run, observed), *given)
    return outcome


async def _until_nothing_happens(work: asyncio.Future[Any], probe: Probe | None, within: float) -> None:
    """Wait for the end of a run. It has its time anew with each task that begins or ends: those wait too."""
    events = probe.events if probe is not None else []

    def goes_on(seen: int) -> Callable[[], bool]:
        return lambda: work.done() or len(events) > seen

    seen = -1
    while not work.done() and len(events) > seen:
        seen = len(events)
        watch = asyncio.ensure_future(patiently_async(goes_on(seen), within))
        await asyncio.wait([work, watch], return_when=asyncio.FIRST_COMPLETED)
        watch.cancel()


def _note_end(outcome: Outcome, work: asyncio.Future[Any], probe: Probe | None, may_fail: bool) -> None:
    if work.cancelled():
        return
    error = work.exception()
    if error is None:
        outcome.value = work.result()
    elif probe is not None and (names := [*filter(None, map(probe.returned_as, grouped(error)))]):
        raise NotYet("returned-error", name=names[0])
    elif may_fail and isinstance(error, Exception) and not is_blank(error):
        outcome.error = error
    else:
        raise error


# ---- helpers -------------------------------------------------------------------------------------


def nothing(*_: Any) -> None:
    """A task."""


def manager_of(graph: Graph, tasks: Mapping[str, Callable[..., Any]] | None = None) -> TaskManager:
    """A worked manager with this graph, for the method under test."""
    manager = TaskManager()
    for name, needs in graph.items():
        manager.add_task(name, (tasks or {}).get(name, nothing), needs)
    return manager


def can_be_listed(value: Any) -> bool:
    """Whether it can be taken for some names; a single one would come apart into letters."""
    return isinstance(value, Iterable) and not isinstance(value, str)


def is_blank(error: BaseException) -> bool:
    """Whether this says that the exercise is not finished."""
    return isinstance(error, BlankTouched | NotImplementedError)


def named_like(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """`wrapper` under the learner's function's name and signature, for the engine's messages."""
    if not callable(function):
        return function
    wrapper.__name__ = wrapper.__qualname__ = getattr(function, "__name__", type(function).__name__)
    wrapper.__wrapped__ = function  # type: ignore[attr-defined]
    return wrapper
