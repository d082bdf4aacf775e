"""What ran when: one object with a text face, the same at every run, and a picture with the real times."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any

from course.timeline.model import LOOP, Event, Exchange, Model, Note, Record, Task
from course.timeline.svg import draw
from course.timeline.text import as_text
from course.words import say

_Span = tuple[float | None, float | None]


class NoPulse(LookupError):
    """The server of a timeline was started without ``pulse``, or nothing has run on it yet."""

    def __str__(self) -> str:
        return say("This timeline has no pulse. Start the server with serve(app, pulse=0.005).")


class NotEnded(LookupError):
    """What was asked about has begun and has not ended."""


class Timeline:
    """What happened on a server up to the moment when this was made.

    Things have names: ``"send_welcome_email"`` is the first task of that function,
    ``"send_welcome_email#2"`` the second; ``"POST /register"`` is a request, ``"register"`` the run of an
    endpoint; a mark goes by its label. ``"request"``, ``"response"`` and ``"reply"`` are the first request,
    the moment when its response was complete, and the moment when its client had it; ``"response#2"`` belongs
    to the second request. An `Event` stands for itself. An unknown name raises LookupError, which lists the
    names there are.
    """

    def __init__(self, record: Record) -> None:
        self._model = Model(record)
        self._spans = _spans(self._model)

    @classmethod
    def from_events(cls, events: Iterable[Any]) -> Timeline:
        """A timeline of tasks that ran without a server, such as `report.events()` of a TaskManager.

        Each event has `kind`, `t`, `lane`, `name` and `error` as in `Event`. The text face keeps the order of
        the tasks in `events`.
        """
        record = Record()
        tasks: dict[str, int] = {}
        threads = {LOOP: record.loop_thread}
        for event in events:
            number = tasks.setdefault(event.name, len(tasks) + 1)
            thread = threads.setdefault(event.lane, len(threads))
            record.task_names[number] = event.name
            kinds = ["task_queued"] if event.kind == "task_started" and thread else []
            for kind in [*kinds, event.kind]:
                record.notes.append(Note(kind, event.t, None, number, thread, -thread, error=event.error))
        return cls(record)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything, in the order of the clock."""
        return self._model.events

    @property
    def tasks(self) -> list[Task]:
        """The background tasks, request by request."""
        return list(self._model.tasks.values())

    @property
    def requests(self) -> list[Exchange]:
        """The requests in the order in which they were sent."""
        return list(self._model.exchanges.values())

    # relations

    def before(self, a: str | Event, b: str | Event) -> bool:
        """Whether `a` had ended when `b` started."""
        return self.end(a) <= self.start(b)

    def overlap(self, a: str | Event, b: str | Event) -> bool:
        """Whether there was a time when both were running."""
        return self.start(a) < self.end(b) and self.start(b) < self.end(a)

    def start(self, x: str | Event) -> float:
        """When it started: seconds on the clock of time.perf_counter()."""
        return self._bound(x, 0)

    def end(self, x: str | Event) -> float:
        """When it ended: seconds on the clock of time.perf_counter()."""
        return self._bound(x, 1)

    def duration(self, x: str | Event) -> float:
        """How long it took, in seconds."""
        return self.end(x) - self.start(x)

    def longest_pulse_gap(self) -> float:
        """The longest time, in seconds, in which the event loop did not tick while something was running.

        Raises:
            LookupError: the server was started without `pulse`, or nothing has run yet.
        """
        gaps = [b - a for ticks in self._model.pulses for a, b in itertools.pairwise(ticks)]
        if not gaps:
            raise NoPulse
        return max(gaps)

    def _bound(self, x: str | Event, which: int) -> float:
        if isinstance(x, Event):
            return x.t
        if x not in self._spans:
            raise LookupError(self._unknown(x))
        moment = self._spans[x][which]
        if moment is None:
            raise NotEnded(say("{name!r} has not ended yet.", name=x))
        return moment

    def _unknown(self, wanted: str) -> str:
        known = [repr(name) for name in self._spans if not name.endswith("#1")]
        if not known:
            return say("There is no {wanted!r} in this timeline: nothing has happened yet.", wanted=wanted)
        return say(
            "There is no {wanted!r} in this timeline. There is: {names}.",
            wanted=wanted,
            names=", ".join(known),
        )

    def names_of(self, running: list[tuple[str, int]]) -> list[str]:
        """Readable names for what a recorder says is running; a task stands for its request."""
        tasks = [
            self._model.tasks[number]
            for what, number in running
            if what == "task" and number in self._model.tasks
        ]
        behind = {task.request for task in tasks}
        numbers = sorted(
            {number for what, number in running if what != "task"} & self._model.exchanges.keys()
        )
        requests = [self._model.exchanges[number].name for number in numbers]
        return [task.name for task in tasks] + [name for name in requests if name not in behind]

    # faces

    def svg(self) -> str:
        """The picture, as the text of an SVG document."""
        return draw(self._model)

    def __str__(self) -> str:
        return as_text(self._model)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": str(self), "text/html": self.svg()}


def _spans(model: Model) -> dict[str, _Span]:
    """Start and end of everything that has a name. The first to take a name keeps it."""
    spans: dict[str, _Span] = {}

    def put(name: str, start: float | None, end: float | None) -> None:
        spans.setdefault(name, (start, end))
        if name.endswith("#1"):
            spans.setdefault(name.removesuffix("#1"), (start, end))

    for task in model.tasks.values():
        put(task.name, task.started, task.ended)
    for mark in model.marks:
        put(mark.name, mark.t, mark.t)
    endpoints: dict[str, int] = {}
    for position, one in enumerate(model.exchanges.values(), 1):
        begun = one.received if one.sent is None else one.sent
        over = next((t for t in (one.reply, one.left, one.response_complete) if t is not None), None)
        put(one.name, begun, over)
        if one.endpoint is not None:
            endpoints[one.endpoint] = endpoints.get(one.endpoint, 0) + 1
            begins = one.received if one.endpoint_started is None else one.endpoint_started
            put(f"{one.endpoint}#{endpoints[one.endpoint]}", begins, one.response_started)
        put(f"request#{position}", begun, over)
        put(f"response#{position}", one.response_complete, one.response_complete)
        put(f"reply#{position}", one.reply, one.reply)
    return spans


def faster(a: Callable[[], object], b: Callable[[], object], times: int = 5) -> bool:
    """Whether calling `a` takes less time than calling `b`: the best of `times` calls each, in turn.

    The best call is the one that the rest of the machine disturbed least.
    """
    pairs = [(_seconds(a), _seconds(b)) for _ in range(times)]
    return min(first for first, _ in pairs) < min(second for _, second in pairs)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
