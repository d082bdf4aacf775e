"""Tasks of a graph that note what is done with them: what the checks hand to a learner's program."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import itertools
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from course.practice import patiently, patiently_async
from course.words import say

Arrows = dict[str, list[str]]
"""Each task with those that it waits for."""

# They can run neither in the order in which they are added, nor backwards, nor by name.
SHOP: Arrows = {
    "mail": ["ship", "invoice"],
    "reserve": [],
    "invoice": ["charge"],
    "ship": ["pack", "charge"],
    "charge": ["reserve"],
    "pack": ["reserve"],
}
CROSSED: Arrows = {"slow": [], "quick": [], "after_slow": ["slow"], "after_quick": ["quick"]}
WIDE: Arrows = {"start": [], **{f"call {number}": ["start"] for number in range(5)}}
MANY: Arrows = {"start": [], **{f"call {number}": ["start"] for number in range(120)}}
TIES: Arrows = {"zest": ["bread"], "jam": ["apple"], "apple": [], "bread": [], "milk": [], "honey": ["milk"]}


def every_way(graph: Arrows) -> list[Arrows]:
    """The graph with its tasks added, and with what each of them waits for named, in every order."""
    named = itertools.product(*(itertools.permutations(needs) for needs in graph.values()))
    ways = [dict(zip(graph, map(list, orders), strict=True)) for orders in named]
    return [{name: way[name] for name in names} for way in ways for names in itertools.permutations(graph)]


FREE: list[Arrows] = [
    {},
    {"alone": []},
    SHOP,
    {"left": ["fork"], "fork": [], "join": ["left", "right"], "right": ["fork"]},
    dict(reversed(SHOP.items())),
    {"start": [], "short": ["start"], "end": ["short", "longer"], "long": ["start"], "longer": ["long"]},
    {"join": ["left", "right"], "left": ["fork"], "right": ["fork"], "fork": []},
    TIES,
    {
        "end": ["upper", "lower"],
        "upper": ["middle"],
        "lower": ["middle"],
        "middle": ["left", "right"],
        "left": ["begin"],
        "right": ["begin"],
        "begin": [],
    },
    *every_way({"mail": ["reserve", "ship"], "ship": ["reserve"], "reserve": []}),
]
# In none of them do the names, as they were added or sorted, happen to follow the circle.
CIRCLES: list[Arrows] = [
    {"charge": ["ship"], "ship": ["charge"]},
    {"ask": ["cook"], "bill": ["ask"], "cook": ["bill"]},
    {"wait": ["wait"]},
    {
        "mail": ["ship"],
        "invoice": ["charge"],
        "ship": ["reserve", "charge"],
        "charge": ["ship"],
        "reserve": [],
    },
    {
        "eat": ["bake"],
        "mix": ["fetch"],
        "order": ["shop", "bake"],
        "bake": ["mix"],
        "serve": ["eat", "mix"],
        "fetch": ["order"],
        "shop": [],
    },
    {"plan": ["sketch"], "sketch": [], "paint": ["plan", "frame"], "frame": ["hang"], "hang": ["paint"]},
    {"b": ["d"], "d": ["a"], "a": ["e"], "e": ["c"], "c": ["b"], "f": []},
    {"first": ["second"], "second": ["first"], "third": ["second", "fourth"], "fourth": ["third"]},
    {"open": [], "pay": ["sign"], "sign": ["pay"], "close": ["open"]},
]
LONG: Arrows = {f"step {number}": [f"step {(number + 37) % 90}"] for number in range(90)}
"""A circle of ninety, which are not in its order."""
LATE: Arrows = {"last": ["pakc"], **{f"call {number}": [] for number in range(5)}}
"""What is wrong with it is seen late by whoever looks only at what is ready."""
PATIENCE = 1.5
"""What a task gives another one, in looks (see ``patiently``), before it goes on alone."""

_STEPS = 20
"""Steps of the event loop after which whatever could start has started."""
_REST = 0.05
"""What a task gives others, in looks, that ought not to start at all."""
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LONGEST = 120


class TaskFailed(Exception):
    """What a task of a probe raises when it is to fail."""


ERRORS = (TaskFailed, ConnectionError, KeyError, ValueError, RuntimeError)
"""What a task fails with, each of another kind. (Of a TimeoutError asyncio makes a copy.)"""


def result_of(name: str) -> str:
    """What the task `name` returns."""
    return f"result of {name}"


def in_words(*values: Any) -> str:
    """Values for a message: no addresses, no thousands of characters, and no list without its parts."""
    return ", ".join(map(_in_words, values)) or say("nothing")


def error_in_words(error: BaseException) -> str:
    """An exception for a message, in one line."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return _cut(said.replace("\n", " "))


def taken(value: Any) -> Any:
    """`value`; a coroutine is closed, and these words stand for it: nobody will await it any more."""
    if inspect.iscoroutine(value):
        value.close()
        return say("a coroutine that was never awaited")
    return value


def _in_words(value: Any) -> str:
    if inspect.isroutine(value):
        return say("the function `{name}`", name=value.__name__)
    if isinstance(value, list | tuple):
        return _cut(say("a list of {items}", items=in_words(*value))) if value else say("an empty list")
    plain = isinstance(value, str | int | float | dict | None)
    return _cut(repr(value)) if plain else say("an object of type `{type}`", type=type(value).__name__)


def _cut(said: str) -> str:
    said = _ADDRESS.sub("", said)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} …"


class Probe:
    """The tasks of `after`: those in `sync` are `def`, the others `async def`.

    Args:
        after: the graph.
        sync: which are `def`.
        objects: which of the others are objects with an async ``__call__``.
        slow: which takes its time, so that whoever does not wait for it is seen.
        fails: which of them raise an exception when they are done.
        error: the kind of these exceptions, which are in ``errors``.
        returns: what a task returns instead of ``result_of``.
    """

    def __init__(
        self,
        after: Mapping[str, Sequence[str]],
        sync: Collection[str] = (),
        *,
        objects: Collection[str] = (),
        slow: str = "",
        fails: Collection[str] = (),
        error: type[Exception] = TaskFailed,
        returns: Mapping[str, Any] | None = None,
    ) -> None:
        self.after = after
        self.sync = sync
        self.slow = slow
        self.errors = {name: error(f"{name} failed") for name in fails}
        self.given: dict[str, list[tuple[Any, ...]]] = {name: [] for name in after}
        self.on_loop: dict[str, bool] = {}
        self.events: list[tuple[str, str]] = []
        self.alone: list[str] = []
        self.loop_stood: list[str] = []
        """Those in whose thread it was seen that the event loop stands still."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._returns = returns or {}
        self._until: dict[str, Callable[[], bool]] = {}
        self._winding_up: set[str] = set()
        self._looking: set[str] = set()
        self._lock = threading.Lock()
        self.tasks: dict[str, Callable[..., Any]] = {
            name: self._def(name) if name in sync else self._async_def(name) for name in after
        }
        self.tasks.update({name: _AsyncObject(self.tasks[name]) for name in objects})

    def meet(self, *names: str, at_once: int = 0) -> None:
        """Each waits until `at_once`, or all, have started; one that waits too long is noted in `alone`."""
        wanted = at_once or len(names)
        for name in names:
            self._until[name] = lambda: sum(bool(self.given[each]) for each in names) >= wanted

    def holds(self, name: str, *, until: str | Collection[str]) -> None:
        """`name` does not end before `until`, or all of these, have started."""
        names = [until] if isinstance(until, str) else until
        self._until[name] = lambda: all(self.given[each] for each in names)

    def outlasts(self, name: str, other: str) -> None:
        """`name` does not end before `other` has ended."""
        self._until[name] = lambda: self.has_ended(other)

    def lingers(self, name: str) -> None:
        """`name` does not end by itself while anybody looks."""
        self._until[name] = lambda: False

    def looks_for_others(self, *names: str) -> None:
        """None of these ends before another one has begun, or it is proved that none comes."""
        self._looking.update(names)

    def winds_up(self, name: str) -> None:
        """`name`, an ``async def``, still has something to do when it is cancelled."""
        self._winding_up.add(name)

    # what was seen

    def result(self, name: str) -> Any:
        """What the task `name` returns."""
        return self._returns.get(name, result_of(name))

    def returned_as(self, error: BaseException) -> str | None:
        """The task that has returned this exception, if one has: it did not raise it."""
        return next((name for name, result in self._returns.items() if result is error), None)

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
        async def task(*arguments: Any) -> Any:
            self._begin(name, arguments)
            try:
                if name in self._until:
                    self._note(name, await patiently_async(self._may_go_on(name), PATIENCE))
                    await steps()
                    await patiently_async(self._more_since(len(self.events)), _REST)
                if name in self._looking:
                    await patiently_async(self._more_since(len(self.events)), PATIENCE)
                if name == self.slow:
                    await steps(10 * _STEPS)
                await asyncio.sleep(0)
            except BaseException:
                if name in self._winding_up:
                    await steps(10 * _STEPS)
                self.events.append(("stop", name))
                raise
            return self._end(name)

        return _called(task, name)

    def _def(self, name: str) -> Callable[..., Any]:
        def task(*arguments: Any) -> Any:
            self._begin(name, arguments)
            if not self.on_loop[name]:  # there, it would wait for nothing
                if name in self._until:
                    self._note(name, patiently(self._may_go_on(name), PATIENCE))
                if name in self._looking:
                    patiently(self._more_since(len(self.events)), PATIENCE)
                if name in (self.slow, *self._until):
                    self._let_others_start(name)
            return self._end(name)

        return _called(task, name)

    def _may_go_on(self, name: str) -> Callable[[], bool]:
        return lambda: bool(self.alone) or self._until[name]()

    def _note(self, name: str, came: bool) -> None:
        if not came:
            self.alone.append(name)

    def _let_others_start(self, name: str) -> None:
        """Give whoever does not wait for this task the time to be seen."""
        if self.loop is not None and self.loop.is_running():
            stepped = asyncio.run_coroutine_threadsafe(steps(), self.loop)
            if not patiently(stepped.done, PATIENCE):
                self.loop_stood.append(name)
        patiently(self._more_since(len(self.events)), _REST)

    def _more_since(self, number: int) -> Callable[[], bool]:
        return lambda: len(self.events) > number

    def _begin(self, name: str, arguments: tuple[Any, ...]) -> None:
        with self._lock:
            self.events.append(("start", name))
            try:
                asyncio.get_running_loop()
                self.on_loop[name] = True
            except RuntimeError:
                self.on_loop[name] = False
            self.given[name].append(tuple(map(taken, arguments)))

    def _end(self, name: str) -> Any:
        self.events.append(("end", name))
        if name in self.errors:
            raise self.errors[name]
        return self.result(name)


class _AsyncObject:
    """An object that is called as the coroutine function that it is given."""

    def __init__(self, task: Callable[..., Any]) -> None:
        self._task = task
        self.__name__ = task.__name__

    async def __call__(self, *arguments: Any) -> Any:
        return await self._task(*arguments)


class _Object:
    """An object that is called as the function that it is given, or whose method is."""

    def __init__(self, task: Callable[..., Any]) -> None:
        self._task = task
        self.__name__ = task.__name__

    def __call__(self, *arguments: Any) -> Any:
        return self._task(*arguments)

    def method(self, *arguments: Any) -> Any:
        """The task."""
        return self._task(*arguments)

    async def async_method(self, *arguments: Any) -> Any:
        """The task, which is async."""
        return await self._task(*arguments)


def in_form(form: str, task: Callable[..., Any]) -> Callable[..., Any]:
    """The task as a "method", a "partial" or an "object" that does the same."""
    is_async = inspect.iscoroutinefunction(task)
    if form == "object":
        return _AsyncObject(task) if is_async else _Object(task)
    if form == "method":
        return _Object(task).async_method if is_async else _Object(task).method
    partial = functools.partial(task)
    partial.__name__ = task.__name__  # type: ignore[attr-defined]
    return partial


async def steps(number: int = _STEPS) -> None:
    """Let the event loop do so many steps."""
    for _ in range(number):
        await asyncio.sleep(0)


def with_causes(error: BaseException) -> list[BaseException]:
    """An exception, what it groups, and what it came from."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or any(each is other for other in found):
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__]
        with contextlib.suppress(AttributeError, TypeError):
            waiting += each.exceptions  # type: ignore[attr-defined]
    return found


def grouped(error: BaseException) -> list[BaseException]:
    """An exception, or those that it groups, with those in between."""
    found = [error]
    for each in found:
        found += getattr(each, "exceptions", ())
    return found


def _called(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    return function
