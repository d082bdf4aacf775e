"""What the picture shows, and where: lanes, rows, bars, and labels that never cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from course.timeline.model import (
    LOOP,
    NOTEBOOK,
    WORKER,
    Exchange,
    Mark,
    Model,
    Task,
    Work,
    natural,
    shown,
)
from course.timeline.scale import Scale, duration
from course.words import say, width

LEFT = 136.0  # where time begins
RIGHT = 930.0
EDGE = 950.0  # what a label may not cross
BAR = 24.0
LINE = 17.0  # of labels outside of bars
SMALL = 5.0  # the height of a bar in a crowd
_CHAR = 7.3  # pixels of one letter: an upper estimate, for every typeface that a reader may have
_LETTERS = 60  # of a label
_NEAR = 7.0  # pixels; marks nearer than this share a label
_CROWD = 8  # more rows or lanes of one kind than this are drawn small, without labels
_LEVELS = 3  # of labels above the rows of a lane with more bars than that


@dataclass(slots=True)
class Bar:
    """From one moment to another. Kinds: wait, handler, app, task, failed, work."""

    kind: str
    start: float
    end: float
    label: str
    tip: str
    open: bool = False  # it has not ended yet
    request: int | None = None


@dataclass(slots=True)
class Pin:
    """A mark."""

    x: float
    label: str


@dataclass(slots=True)
class Label:
    """A label outside of its bar; `at` is the pixel that it belongs to.

    The width of a text is only an estimate: a label that lies left of its place is set flush right.
    """

    x: float
    level: int
    text: str
    at: float
    bad: bool = False  # of a client that was told of a failure

    @property
    def flush_right(self) -> bool:
        """Whether its end has a fixed place, not its beginning."""
        return self.x < self.at

    @property
    def end(self) -> float:
        """Where it ends at the latest."""
        return self.x + text_width(self.text)


@dataclass(slots=True)
class Row:
    """Bars that do not overlap, with the labels above and below them."""

    bars: list[Bar] = field(default_factory=list)
    lines: list[tuple[float, float]] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    above: list[Label] = field(default_factory=list)
    beside: list[Label] = field(default_factory=list)
    below: list[Label] = field(default_factory=list)
    inside: set[int] = field(default_factory=set)  # positions of the bars that hold their label
    small: bool = False
    y: float = 0.0  # the top of its bars

    def place_labels(self, in_crowd: bool) -> None:
        """Inside of the bar where there is room, else to its right, else above; those of marks below.

        In a crowd, on one row or on several, labels are stacked on few levels only. Where the whole crowd is
        on this row, only the first of equal labels is shown outside of its bar. Each bar's tip has its name.
        """
        if self.small:
            return
        crowd = len(self.bars) > _CROWD
        first: dict[str, Bar] = {}
        for bar in sorted(self.bars, key=lambda bar: bar.start) if crowd else ():
            first.setdefault(bar.label, bar)
        for position, bar in sorted(enumerate(self.bars), key=lambda item: -item[1].start):
            width = text_width(bar.label)
            right = bar.end + (13 if bar.kind == "wait" else 8)
            if width + 16 <= bar.end - bar.start:
                self.inside.add(position)
            elif first.get(bar.label, bar) is not bar:
                continue
            elif right + width <= EDGE and self._free(bar, right, right + width):
                self.beside.append(Label(right, 0, bar.label, bar.end))
            else:
                stack(self.above, bar.label, bar.start)
        if in_crowd:
            self.above = [label for label in self.above if label.level < _LEVELS]
        pins = [pin.x for pin in self.pins]
        for x, text in _near(self.pins):
            width = text_width(text)
            stack(self.below, text, x, x + 9 if x + 9 + width <= EDGE else x - 9 - width, pins)

    def _free(self, bar: Bar, left: float, right: float) -> bool:
        taken = [(other.start, other.end) for other in self.bars if other is not bar] + self.lines
        taken += [(label.x, label.end) for label in self.beside]
        return all(right < start or left > end for start, end in taken)

    @property
    def bar(self) -> float:
        """The height of its bars."""
        return SMALL if self.small else BAR

    @property
    def height(self) -> float:
        """Of the row with its labels."""
        return (
            self.bar + 2 if self.small else self.bar + 6 + LINE * (_levels(self.above) + _levels(self.below))
        )

    def put(self, top: float) -> None:
        """Place its bars below `top`."""
        self.y = top + (1 if self.small else 3 + LINE * _levels(self.above))


@dataclass(slots=True)
class Lane:
    """A client, the event loop, a thread."""

    title: str
    rows: list[Row] = field(default_factory=list)
    top: float = 0.0
    height: float = 0.0


def text_width(text: str) -> float:
    """How much room a text may need, in pixels; a full-width character needs that of two letters."""
    return width(text) * _CHAR


def shorten(text: str, letters: int) -> str:
    """The text, or its beginning; a full-width character counts as two letters."""
    if width(text) <= letters:
        return text
    while width(text) > letters - 1:
        text = text[:-1]
    return text + "…"


def stack(
    labels: list[Label], text: str, at: float, x: float | None = None, pins: Sequence[float] = ()
) -> None:
    """Put a label on the first level where it covers no other, and none of `pins` on level 0.

    Those further to the right come first: then no leader, a vertical line at a label's left, crosses
    another label.
    """
    width = text_width(text)
    x = min(at, EDGE - width) if x is None else x
    level = 0
    if any(x - 8 < pin < x + width + 8 and abs(pin - at) >= _NEAR for pin in pins):
        level = 1
    while any(o.level == level and o.x < x + width + 12 and x < o.end + 12 for o in labels):
        level += 1
    labels.append(Label(x, level, text, at))


def _near(pins: list[Pin]) -> list[tuple[float, str]]:
    """The labels of marks, from right to left; marks at nearly one place share theirs."""
    groups: list[tuple[float, list[str]]] = []
    for pin in sorted(pins, key=lambda pin: pin.x):
        if groups and pin.x - groups[-1][0] < _NEAR:
            groups[-1][1].append(pin.label)
        else:
            groups.append((pin.x, [pin.label]))
    return [(x, shorten(" · ".join(labels), _LETTERS)) for x, labels in reversed(groups)]


def _levels(labels: list[Label]) -> int:
    return max((label.level for label in labels), default=-1) + 1


class Plan:
    """Everything that the picture shows, with its place in time; `place` gives it its height as well."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scale = Scale(_spans(model), LEFT, RIGHT)
        self.clients: dict[str, Lane] = {}
        self.loop = Lane(LOOP)
        self.threads = {name: Lane(name, [Row()]) for name in model.thread_lanes}
        self.notebook = Lane(NOTEBOOK)
        self.row_of_client: dict[int, Row] = {}
        self.row_of_exchange: dict[int, Row] = {}
        for one in model.exchanges.values():
            self._add_client(one)
            self._add_handling(one)
        for task in model.tasks.values():
            self._add_task(task)
        for work in model.works:
            self._add_work(work)
        for mark in model.marks:
            self._row_of_mark(mark).pins.append(Pin(self.scale.x(mark.t), shorten(mark.label, _LETTERS)))
        clients = sorted(self.clients.values(), key=lambda lane: natural(lane.title))
        threads = [lane for lane in self.threads.values() if lane.rows[0].bars or lane.rows[0].pins]
        self.lanes = [
            *([self.notebook] if self.notebook.rows else []),
            *_crowd(clients, say("{n} clients", n=len(clients))),
            *([self.loop] if self.loop.rows else []),
            *_crowd(threads, say("{n} threads", n=len(threads))),
        ]
        for lane in self.lanes:
            for row in lane.rows:
                row.small = row.small or len(lane.rows) > _CROWD

    def place(self, top: float) -> float:
        """Stack the lanes from `top` on; returns where they end."""
        for lane in self.lanes:
            lane.top = top
            y = top + 6
            in_crowd = sum(len(row.bars) for row in lane.rows) > _CROWD
            for row in lane.rows:
                row.place_labels(in_crowd)
                row.put(y)
                y += row.height
            lane.height = max(y + 6 - top, BAR + 18)
            top += lane.height
        return top

    def _x(self, t: float | None) -> float:
        return self.scale.x(self.model.now if t is None else t)

    def _add_client(self, one: Exchange) -> None:
        begun = one.received if one.sent is None else one.sent
        if begun is None:
            return
        ended = next((t for t in (one.reply, one.left) if t is not None), None)
        is_open = ended is None and one.sent is not None
        if ended is None and one.sent is None:
            ended = one.response_complete if one.response_complete is not None else one.ended
        label = one.title if one.status is None else f"{one.title} → {one.status}"
        lane = self.clients.setdefault(one.lane, Lane(one.lane))
        bar = self._bar("wait", begun, ended, label, one.lane)
        bar.open = is_open
        row = _free_row(lane, bar.start, bar.end)
        row.bars.append(bar)
        self.row_of_client[one.number] = row

    def _add_handling(self, one: Exchange) -> None:
        if one.received is None:
            return
        start, end = self.scale.x(one.received), self._x(one.ended)
        row = _free_row(self.loop, start, end)
        row.lines.append((start, end))
        self.row_of_exchange[one.number] = row
        if one.thread != WORKER:
            over = one.ended if one.response_complete is None else one.response_complete
            if one.endpoint:
                begun = one.received if one.endpoint_started is None else one.endpoint_started
                row.bars.append(self._bar("handler", begun, over, f"{one.endpoint}()", LOOP))
            else:
                name = say("answered before an endpoint")
                row.bars.append(self._bar("app", one.received, over, name, LOOP))

    def _add_task(self, task: Task) -> None:
        if task.started is None:
            return
        failed = task.outcome.startswith(("failed", "cancelled", "lost"))
        label = _task_label(task)
        bar = self._bar("failed" if failed else "task", task.started, task.ended, label, task.lane)
        bar.request = task.exchange
        if task.lane in self.threads:
            self.threads[task.lane].rows[0].bars.append(bar)
        else:
            self._row_on_loop(task.exchange, bar).bars.append(bar)

    def _add_work(self, work: Work) -> None:
        one = self.model.exchanges.get(work.request or 0)
        kind = "handler" if one is not None and one.endpoint == work.function else "work"
        label = f"{work.function}()"
        bar = self._bar(kind, work.started, work.ended, label, work.lane)
        bar.request = work.request
        if work.lane in self.threads:
            self.threads[work.lane].rows[0].bars.append(bar)

    def _bar(self, kind: str, start: float, end: float | None, label: str, where: str) -> Bar:
        took = duration((self.model.now if end is None else end) - start)
        tip = say("{what}, {lane}: {time}", what=label, lane=shown(where), time=took)
        return Bar(kind, self.scale.x(start), self._x(end), shorten(label, _LETTERS), tip, end is None)

    def _row_on_loop(self, request: int | None, bar: Bar) -> Row:
        row = self.row_of_exchange.get(request or 0)
        return _free_row(self.loop, bar.start, bar.end) if row is None else row

    def _row_of_mark(self, mark: Mark) -> Row:
        if mark.lane in self.threads:
            return self.threads[mark.lane].rows[0]
        lane = self.loop if mark.lane == LOOP else self.notebook
        row = self.row_of_exchange.get(mark.note.request or 0) if lane is self.loop else None
        if row is None:
            lane.rows = lane.rows or [Row()]
            row = lane.rows[0]
        return row


def _task_label(task: Task) -> str:
    """The function, and what became of it unless it is simply done."""
    match task.outcome:
        case "done":
            return task.function
        case "running":
            return f"{task.function} …"
        case "failed":
            return say("{name} failed", name=task.function)
        case "cancelled":
            return say("{name} was cancelled", name=task.function)
        case "lost_lazy":
            return say("{name}: nobody looped over it", name=task.function)
        case "lost_future":
            return say("{name}: nobody waited for it", name=task.function)
        case "lost_context":
            return say("{name}: nobody entered it", name=task.function)
    return say("{name}: nobody awaited it", name=task.function)


def _spans(model: Model) -> list[tuple[float, float]]:
    """When something was going on."""
    spans = [(mark.t, mark.t) for mark in model.marks]
    for one in model.exchanges.values():
        moments = [one.sent, one.received, one.response_complete, one.ended, one.reply, one.left]
        known = [t for t in moments if t is not None]
        running = one.received is not None and one.ended is None
        spans.append((min(known), model.now if running else max(known)))
    for work in model.works:
        spans.append((work.started, model.now if work.ended is None else work.ended))
    for task in model.tasks.values():
        begun = task.started if task.queued is None else task.queued
        if begun is not None:
            spans.append((begun, model.now if task.ended is None else task.ended))
    return spans


def _free_row(lane: Lane, start: float, end: float) -> Row:
    """The first row of a lane where nothing is in the way, or a new one."""
    for row in lane.rows:
        taken = [(bar.start, bar.end) for bar in row.bars] + row.lines
        if all(end + 4 < a or start - 4 > b for a, b in taken):
            return row
    lane.rows.append(Row())
    return lane.rows[-1]


def _crowd(lanes: list[Lane], title: str) -> list[Lane]:
    """Many lanes of one kind become one with this title."""
    if len(lanes) <= _CROWD:
        return lanes
    rows = [row for lane in lanes for row in lane.rows]
    for row in rows:
        row.small = True
    return [Lane(title, rows)]
