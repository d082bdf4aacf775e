"""What processes did that lived one after the other: a lane for each, and a mark where each was killed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from course.timeline.plan import EDGE, LEFT, RIGHT, text_width
from course.timeline.scale import Scale
from course.timeline.svg import cross, document, idle_times, line, rect, text
from course.words import listed, say, strung, width

_NOTED = re.compile(r"(.+): (started|done)")
_TOP, _ROW, _BAR = 50.0, 28.0, 22.0
_ALIVE = 20.0  # the height of the row of a process


@dataclass(frozen=True, slots=True)
class Life:
    """The lines that a process has printed, and when. Times are seconds of time.perf_counter()."""

    started: float
    lines: tuple[tuple[float, str], ...]
    killed: float | None = None  # None: it was not killed


@dataclass(slots=True)
class _Step:
    name: str
    start: float
    end: float | None = None


@dataclass(slots=True)
class _Lane:
    title: str
    life: Life
    steps: list[_Step]
    again: set[str]  # begun in an earlier life, and begun again
    kept: list[str]  # done in an earlier life, and not begun again

    @property
    def end(self) -> float:
        """When it was killed; or else the last moment that is known of it."""
        known = [self.life.started, *(t for t, _ in self.life.lines)]
        return max(known) if self.life.killed is None else self.life.killed

    def says(self, step: _Step) -> str:
        """Which step it is, and what became of it in this life."""
        return say("{step}: {became}", step=step.name, became=self._became(step))

    def _became(self, step: _Step) -> str:
        if step.name in self.again:
            return say("begun again, done") if step.end is not None else say("begun again, not done")
        return say("done") if step.end is not None else say("begun, not done")

    def kept_line(self) -> str:
        """What this life did not have to do."""
        return say("not run again: {names}", names=listed(self.kept))


@dataclass(slots=True)
class Lives:
    """One picture of processes that did the same work, one after the other; each has a lane.

    A process says ``name: started`` and ``name: done`` for each step, as the servers of the lessons do. The
    text face has no times, so it is the same at every run: what is done in its order, then what is not.
    """

    lives: tuple[Life, ...]
    _lanes: list[_Lane] = field(init=False, repr=False)

    def __init__(self, *lives: Life) -> None:
        self.lives = lives
        self._lanes = []
        begun: set[str] = set()
        done: list[str] = []
        for number, life in enumerate(lives, 1):
            steps = _steps(life)
            names = {step.name for step in steps}
            kept = [name for name in done if name not in names]
            self._lanes.append(_Lane(_title(number), life, steps, names & begun, kept))
            begun |= names
            done += [step.name for step in steps if step.end is not None]

    def __str__(self) -> str:
        lines: list[str] = []
        for lane in self._lanes:
            lines.append(lane.title)
            lines += [f"  {lane.says(step)}" for step in _in_order(lane.steps)]
            lines += [f"  {lane.kept_line()}"] if lane.kept else []
            lines += ["kill -9"] if lane.life.killed is not None else []
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": str(self), "text/html": self.svg()}

    def svg(self) -> str:
        """The picture, as the text of an SVG document."""
        scale = Scale(_spans(self._lanes), LEFT, RIGHT)
        heights = [_ALIVE + _ROW * (len(lane.steps) + bool(lane.kept)) + 14 for lane in self._lanes]
        axis = _TOP + sum(heights)
        parts: list[str] = []
        top = _TOP
        for position, (lane, height) in enumerate(zip(self._lanes, heights, strict=True)):
            if position % 2 == 0:
                parts.append(rect("band", 1, top, 958, height, 0))
            parts += _lane(lane, scale, top)
            top += height
        parts += _axis(scale, axis)
        idle, rows = idle_times(scale, axis)
        parts += idle
        for lane in self._lanes:
            if lane.life.killed is not None:
                parts += _kill(scale.x(lane.life.killed), axis)
        axis += rows
        parts += _legend(axis + 42, self._lanes)
        described = strung(row.strip() for row in str(self).splitlines())
        return document(axis + 58, described, parts, say("What each process did"))


def _title(number: int) -> str:
    match number:
        case 1:
            return say("first process")
        case 2:
            return say("second process")
    return say("process {number}", number=number)


def _steps(life: Life) -> list[_Step]:
    """Each step of a life, in the order in which they began."""
    steps: dict[str, _Step] = {}
    for t, printed in life.lines:
        if noted := _NOTED.fullmatch(printed):
            step = steps.setdefault(noted[1], _Step(noted[1], t))
            if noted[2] == "done":
                step.end = t
    return list(steps.values())


def _in_order(steps: list[_Step]) -> list[_Step]:
    """What is done by its end, then what is not by its name: which of those began first may be a race."""
    ended = sorted((step.end, step.name) for step in steps if step.end is not None)
    by_name = {step.name: step for step in steps}
    rest = sorted(step.name for step in steps if step.end is None)
    return [by_name[name] for name in [*(name for _, name in ended), *rest]]


def _spans(lanes: list[_Lane]) -> list[tuple[float, float]]:
    """When there is something to see: from the first step of each life to its last, or to its kill."""
    spans = []
    for lane in lanes:
        begun = [step.start for step in lane.steps]
        ended = [step.end for step in lane.steps if step.end is not None]
        if not ended or lane.life.killed is not None:
            ended.append(lane.end)
        spans.append((min(begun, default=lane.life.started), max(ended)))
    return spans


# the picture


def _lane(lane: _Lane, scale: Scale, top: float) -> list[str]:
    """The life of a process, and below it a row for each of its steps."""
    alive, end = scale.x(lane.life.started), scale.x(lane.end)
    parts = [text("lane", 14, top + 20, lane.title), rect("work", alive, top + 9, max(end - alive, 2), 8, 4)]
    y = top + _ALIVE + 4
    if lane.kept:
        parts.append(text("note", alive + 6, y + 15.5, lane.kept_line()))
        y += _ROW
    for step in lane.steps:
        start, over = scale.x(step.start), scale.x(lane.end if step.end is None else step.end)
        kind = "failed" if step.end is None and lane.life.killed is not None else "task"
        tip = lane.says(step)
        long = max(over - start, 4)
        bar = rect(kind, start, y, long, _BAR, min(11, long / 2))
        parts.append(f"<g><title>{escape(tip)}</title>{bar}</g>")
        if kind == "failed":
            parts.append(cross(over, y + _BAR / 2, 6))
        wall = EDGE if lane.life.killed is None else scale.x(lane.life.killed)
        parts.append(_label(tip, kind, start, over, y + 15.5, wall))
        y += _ROW
    return parts


def _label(said: str, kind: str, start: float, end: float, y: float, wall: float) -> str:
    """Inside of the bar where there is room, else beside it, and if possible not across the line of the kill,
    which is at ``wall``.
    """
    room = text_width(said)
    if room + 20 <= end - start:
        return text(f"in {kind}", start + 9, y, said)
    left, right = start - 8 - room >= LEFT, end + 12 + room <= EDGE
    crosses = kind == "failed" or end + 12 + room > wall
    if (left and crosses) or not right:
        return text("out", start - 8, y, said, "end")
    return text("out", end + 12, y, said)


def _axis(scale: Scale, axis: float) -> list[str]:
    parts = [line("axis", LEFT, axis, RIGHT, axis)]
    pauses = [(left + right) / 2 for left, right, _ in scale.breaks()]
    for x, said in scale.ticks():
        if all(abs(x - pause) > 62 for pause in pauses):
            parts += [line("grid", x, axis, x, axis + 5), text("tick", x, axis + 19, said, "middle")]
    return parts


def _kill(x: float, axis: float) -> list[str]:
    """A line through all lanes, with its name above them."""
    said = "kill -9"
    width = text_width(said) + 16
    left = max(14.0, min(x - width / 2, EDGE - width))
    return [
        line("release bad", x, 36, x, axis),
        rect("pill bad", left, 12, width, 24, 12),
        text("on bad", left + width / 2, 28.5, said, "middle"),
    ]


def _legend(y: float, lanes: list[_Lane]) -> list[str]:
    shown = [("work", say("the process lives")), ("task", say("a step that ends"))]
    if any(step.end is None and lane.life.killed is not None for lane in lanes for step in lane.steps):
        shown.append(("failed", say("a step that the kill interrupts")))
    parts, x = [], LEFT
    for kind, meaning in shown:
        tall = 8 if kind == "work" else 14
        parts += [rect(kind, x, y - 3 - tall / 2, 24, tall, 4), text("key", x + 32, y + 1, meaning)]
        x += 50 + width(meaning) * 6.6
    return parts
