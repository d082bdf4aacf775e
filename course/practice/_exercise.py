"""An exercise's check: what a lesson writes (``@exercise``, ``NotYet``), and the result for the learner."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal, TypeVar

from course.practice.markup import inline, page, to_html, to_text
from course.practice.texts import ContentError, Lesson
from course.words import say

CheckFunction = Callable[..., Mapping[str, Any] | None]
_Check = TypeVar("_Check", bound=CheckFunction)

DEADLINE = 8.0
"""Seconds that each part of a check may take. Stopping what is left takes up to two more."""

THREADS = 64
"""How many threads each app of a program may have at once; the server's pool of 40 is among them."""


class NotYet(Exception):
    """Raised by a check: the program does not do it yet.

    ``miss`` names what happened: a key of the exercise's ``misses`` in the lesson's catalogue, or one of the
    engine's own (``engine.endless``, …: ``course/practice/en.yaml``). ``fields`` fill its template.
    """

    def __init__(self, miss: str, **fields: Any) -> None:
        super().__init__(miss)
        self.miss = miss
        self.fields = fields


@dataclass(frozen=True)
class Exercise:
    """A check and what it needs: the names in the notebook that it looks at, and its limits."""

    id: str
    wants: tuple[str, ...]
    check: CheckFunction
    deadline: float
    threads: int


def exercise(
    id: str, *, wants: tuple[str, ...], deadline: float = DEADLINE, threads: int = THREADS
) -> Callable[[_Check], _Check]:
    """Make the decorated function the check of the exercise ``id``.

    It is called with a ``Bench`` and, by name, the learner's objects that ``wants`` lists. It returns (a
    mapping that fills the fields of ``passed``, if there are any) or raises ``NotYet``.

    Args:
        id: the exercise's id, as in the lesson's catalogue.
        wants: names that the learner's notebook defines.
        deadline: seconds for each part of the check (see ``Bench.begin_part``), 8 at most.
        threads: how many threads may be alive at once; those that earlier apps left do not count.

    Raises:
        TypeError: the function's parameters are not ``bench`` and ``wants``.
        ContentError: the deadline is too long.
    """
    if deadline > DEADLINE:
        raise ContentError(f"{id}: a check may take {DEADLINE:g} seconds at most")

    def register(check: _Check) -> _Check:
        parameters = tuple(inspect.signature(check).parameters)
        if parameters != ("bench", *wants):
            needed = ", ".join(("bench", *wants))
            raise TypeError(f"{id}: its check takes ({', '.join(parameters)}), but wants asks for ({needed})")
        _registry[id] = Exercise(id, wants, check, deadline, threads)
        return check

    return register


def find_exercise(id: str, lesson: Lesson) -> Exercise:
    """The exercise ``id`` of ``lesson``.

    Raises:
        ContentError: the lesson's ``checks.py`` has no check for it.
    """
    if id not in _registry:
        importlib.import_module(f"{lesson.package}.checks")
    if id not in _registry:
        raise ContentError(
            f"course/lessons/{lesson.name}/checks.py: no function is decorated @exercise({id!r}, …)"
        )
    return _registry[id]


_registry: dict[str, Exercise] = {}


# ---- results ---------------------------------------------------------------------------------------------

State = Literal["not attempted", "not yet", "passed"]


@dataclass(frozen=True)
class Point:
    """One promise of a task: whether the program keeps it, and what the check has seen of it."""

    promise: str
    state: Literal["ok", "not yet", "not seen"]
    seen: str

    @property
    def mark(self) -> str:
        """The state in words."""
        match self.state:
            case "ok":
                return say("ok")
            case "not yet":
                return say("not yet")
            case "not seen":
                return say("not seen yet")


@dataclass(frozen=True)
class Result:
    """The state of an exercise after a check, and why.

    ``steps`` say where to look again, ``next_step`` what to do now. ``miss`` is the id of what went wrong,
    ``None`` unless the state is "not yet". ``printed`` is what the program printed. ``timeline`` is what
    happened on the bench, if a server ran. ``points`` are the promises of the task, if the check lists them.
    """

    id: str
    title: str
    state: State
    message: str
    miss: str | None = None
    steps: tuple[str, ...] = ()
    next_step: str = ""
    printed: str = ""
    printed_more: bool = False
    timeline: Any = None
    points: tuple[Point, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the exercise is done."""
        return self.state == "passed"

    def __repr__(self) -> str:
        return "\n".join(filter(None, [self.as_text(), to_text(self.next_step, "  ")]))

    def as_text(self) -> str:
        """The verdict, without what to do now."""
        parts = [self._head(), to_text(self.message, "  ")]
        for point in self._listed():
            parts += [to_text(f"[{point.mark}] {point.promise}", "  ")]
            parts += [to_text(point.seen, "      ")] if point.seen else []
        parts += [to_text(step, "  ") for step in self.steps]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        html = self.as_html() + (f'<p class="cp-step">{inline(self.next_step)}</p>' if self.next_step else "")
        return html if self.state == "not attempted" else page(html)

    def as_html(self) -> str:
        """The same as HTML without the stylesheet, which what a fresh notebook stores does not need."""
        parts = [f'<p class="cp-head"><strong>{inline(self._head())}</strong></p>']
        parts += [f'<div class="cp-message">{to_html(self.message)}</div>', self._points()]
        parts += [self._printed(), self._picture()]
        parts += [f'<p class="cp-step">{inline(step)}</p>' for step in self.steps]
        return f'<section class="cp cp-{self._kind}">{"".join(parts)}</section>'

    @property
    def _kind(self) -> str:
        return self.state.replace(" ", "-")

    def _head(self) -> str:
        match self.state:
            case "passed":
                return say("Passed: {title}", title=self.title)
            case "not yet":
                return say("Not yet: {title}", title=self.title)
            case "not attempted":
                return say("Not attempted: {title}", title=self.title)

    def _listed(self) -> tuple[Point, ...]:
        """The points; what the verdict says already is not said again."""
        return tuple(replace(each, seen="") if each.seen == self.message else each for each in self.points)

    def _points(self) -> str:
        if not self.points:
            return ""
        ok = sum(point.state == "ok" for point in self.points)
        head = inline(say("The task, point by point: {ok} of {all} ok", ok=ok, all=len(self.points)))
        items = "".join(
            f'<li class="cp-{point.state.replace(" ", "-")}">'
            f'<strong class="cp-mark">{inline(point.mark)}</strong> {inline(point.promise)}'
            + (f"<br><span>{inline(point.seen)}</span>" if point.seen else "")
            + "</li>"
            for point in self._listed()
        )
        return f'<p class="cp-points-head">{head}</p><ol class="cp-points">{items}</ol>'

    def _printed(self) -> str:
        if not self.printed.strip():
            return ""
        head = escape(say("What your program printed"))
        printed = f"<pre>{escape(self.printed)}</pre>"
        if self.printed_more:
            more = escape(say("… and more, not shown."))
            printed += f"<p>{more}</p>"
        return f'<details class="cp-printed"><summary>{head}</summary>{printed}</details>'

    def _picture(self) -> str:
        if self.timeline is None or not self.timeline.events:
            return ""
        head = escape(say("What happened, as the bench saw it:"))
        caption = f"<figcaption>{head}</figcaption>"
        return f'<figure class="cp-picture">{caption}{self.timeline.svg()}</figure>'
