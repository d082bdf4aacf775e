"""Tasks of a graph that note what is done with them: what the checks hand to a learner's program."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from course.live import Gate, GateTimeout

SHOP: dict[str, list[str]] = {
    "reserve": [],
    "charge": ["reserve"],
    "pack": ["reserve"],
    "invoice": ["charge"],
    "ship": ["charge", "pack"],
    "mail": ["invoice", "ship"],
}
FREE: list[dict[str, list[str]]] = [
    {},
    {"a": []},
    SHOP,
    {"left": ["fork"], "fork": [], "join": ["left", "right"], "right": ["fork"]},
    dict(reversed(SHOP.items())),
    {"start": [], "short": ["start"], "end": ["short", "longer"], "long": ["start"], "longer": ["long"]},
    {"join": ["left", "right"], "left": ["fork"], "right": ["fork"], "fork": []},
]
CIRCLES: list[dict[str, list[str]]] = [
    {"charge": ["ship"], "ship": ["charge"]},
    {"a": ["c"], "b": ["a"], "c": ["b"]},
    {"alone": ["alone"]},
    {
        "mail": ["ship"],
        "invoice": ["charge"],
        "ship": ["reserve", "charge"],
        "charge": ["ship"],
        "reserve": [],
    },
    {"behind": ["a"], "a": ["before", "b"], "b": ["c"], "c": ["a", "before"], "before": []},
    {"a": ["b"], "b": ["a"], "c": ["b", "d"], "d": ["c"]},
]
PATIENCE = 1.0
"""Seconds that one task waits for another before it goes on alone."""
_SLOW = 0.02


def result_of(name: str) -> str:
    """What the task `name` returns."""
    return f"result of {name}"


def in_words(*values: Any) -> str:
    """Values for a message: no addresses, and no list without names."""
    return ", ".join(map(_in_words, values)) or "nothing"


def taken(value: Any) -> Any:
    """`value`; a coroutine is closed, and these words stand for it: nobody will await it any more."""
    if inspect.iscoroutine(value):
        value.close()
        return "a coroutine that was never awaited"
    return value


def _in_words(value: Any) -> str:
    if inspect.isroutine(value):
        return f"the function {value.__name__}"
    if isinstance(value, list | tuple):
        return f"a list of {in_words(*value)}" if value else "an empty list"
    return str(value) if isinstance(value, str | int | float | dict | None) else f"a {type(value).__name__}"


class Probe:
    """The tasks of `after`: those in `sync` are `def`, the others `async def`; `slow` takes its time."""

    def __init__(
        self,
        after: Mapping[str, Sequence[str]],
        sync: Collection[str] = (),
        *,
        slow: str = "",
        fails: str = "",
    ) -> None:
        self.after = after
        self.sync = sync
        self.slow = slow
        self.fails = fails
        self.given: dict[str, list[tuple[Any, ...]]] = {name: [] for name in after}
        self.on_loop: dict[str, bool] = {}
        self.events: list[tuple[str, str]] = []
        self.alone: list[str] = []
        self._started = {name: Gate(f"{name} has started") for name in after}
        self._until: dict[str, Gate] = {}
        self.tasks: dict[str, Callable[..., Any]] = {
            name: self._def(name) if name in sync else self._async_def(name) for name in after
        }

    def meet(self, one: str, other: str) -> None:
        """Each of the two waits until the other has started; one that waits too long is noted in `alone`."""
        self.holds(one, until=other)
        self.holds(other, until=one)

    def holds(self, name: str, *, until: str) -> None:
        """`name` does not end before `until` has started."""
        self._until[name] = self._started[until]

    # what was seen

    def started(self, name: str) -> int:
        """The position of its first start among all events."""
        return self.events.index(("start", name))

    def has_ended(self, name: str) -> bool:
        """Whether it ran to its end."""
        return ("end", name) in self.events

    def ended_before(self, name: str, other: str) -> bool:
        """Whether `name` was done when `other` started."""
        return self.has_ended(name) and self.events.index(("end", name)) < self.started(other)

    @property
    def most_at_once(self) -> int:
        """How many were running at the same time, at most."""
        running = most = 0
        for kind, _ in self.events:
            running += 1 if kind == "start" else -1
            most = max(most, running)
        return most

    # the tasks

    def _async_def(self, name: str) -> Callable[..., Any]:
        async def task(*arguments: Any) -> str:
            self._begin(name, arguments)
            if name in self._until:
                try:
                    await self._until[name].wait_async(PATIENCE)
                except GateTimeout:
                    self.alone.append(name)
            await asyncio.sleep(_SLOW if name == self.slow else 0)
            return self._end(name)

        return _called(task, name)

    def _def(self, name: str) -> Callable[..., Any]:
        def task(*arguments: Any) -> str:
            self._begin(name, arguments)
            if name in self._until and not self.on_loop[name]:  # there, it would wait for nothing
                try:
                    self._until[name].wait(PATIENCE)
                except GateTimeout:
                    self.alone.append(name)
            if name == self.slow:
                time.sleep(_SLOW)
            return self._end(name)

        return _called(task, name)

    def _begin(self, name: str, arguments: tuple[Any, ...]) -> None:
        self.events.append(("start", name))
        self.given[name].append(tuple(map(taken, arguments)))
        try:
            asyncio.get_running_loop()
            self.on_loop[name] = True
        except RuntimeError:
            self.on_loop[name] = False
        self._started[name].open()

    def _end(self, name: str) -> str:
        self.events.append(("end", name))
        if name == self.fails:
            raise ValueError(f"{name} failed")
        return result_of(name)


def _called(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function
