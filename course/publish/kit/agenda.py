"""An agenda with clock times: which lesson when, what does not fit, and what to leave out when late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from icalendar import Calendar, Event

from course.publish.kit import _html
from course.words import table

Kind = Literal["teach", "practise", "break", "spare"]

_WORTH_BEGINNING = 8
"""Minutes: the shortest practice before a break or after one."""
_DAY = 24 * 60
_KEEP = (
    "Keep the predictions: let the room commit before each run. They cost a minute each, and they are what "
    "people remember."
)


class _Info(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def teach_minutes(self) -> int: ...
    @property
    def practise_minutes(self) -> int: ...


class Plannable(Protocol):
    """What the agenda needs to know of a lesson."""

    @property
    def title(self) -> str:
        """Number and name."""

    @property
    def info(self) -> _Info:
        """Its number and its minutes."""

    @property
    def may_wait(self) -> tuple[str, ...]:
        """The headings of the parts that can be left for home."""


@dataclass(frozen=True)
class Item:
    """One line of an agenda: minutes from midnight of the first day, and for how long."""

    start: int
    minutes: int
    kind: Kind
    title: str

    @property
    def end(self) -> int:
        """Minutes from midnight of the first day."""
        return self.start + self.minutes

    @property
    def when(self) -> str:
        """From when to when, as on a clock."""
        return f"{clock(self.start)}–{clock(self.end)}"


@dataclass(frozen=True)
class Shortened:
    """A lesson whose practice is cut: ``given`` of ``wanted`` minutes."""

    title: str
    given: int
    wanted: int


@dataclass(frozen=True)
class Agenda:
    """What happens when. ``needed`` and ``available`` are minutes of work, breaks not counted."""

    items: tuple[Item, ...]
    shortened: tuple[Shortened, ...]
    left_out: tuple[tuple[str, int], ...]
    late: tuple[str, ...]
    needed: int
    available: int
    slots: int

    @property
    def fits(self) -> bool:
        """Whether every minute of every lesson has its place."""
        return not self.shortened and not self.left_out

    @property
    def headline(self) -> str:
        """One sentence: from when to when."""
        first, last = clock(self.items[0].start), clock(self.items[-1].end)
        slots = f"{self.slots} slots" if self.slots > 1 else "one slot"
        return f"Agenda: {first} to {last}, {self.available} minutes of work in {slots}"

    def verdict(self) -> list[str]:
        """Whether everything fits and, if not, what is shortened and what is left out."""
        if self.fits:
            return [f"Everything fits: {self.needed} of {self.available} minutes are planned."]
        short = self.needed - self.available
        free = sum(item.minutes for item in self.items if item.kind == "spare")
        if short > 0:
            first = (
                f"This does not fit: the lessons need {self.needed} minutes, the slots hold "
                f"{self.available}. {short} minutes are missing."
            )
        else:
            first = (
                f"This does not fit: the lessons need {self.needed} of {self.available} minutes, but nobody "
                f"explains across a break, so {free} minutes at the ends of slots stay free."
            )
        return [
            first,
            *(
                f"Shortened: {each.title} has {each.given} of {each.wanted} minutes of practice; "
                "the rest is homework."
                for each in self.shortened
            ),
            *(f"Left out: {title} ({minutes} minutes)." for title, minutes in self.left_out),
        ]

    def __str__(self) -> str:
        rows = [(item.when, item.kind, f"{item.minutes} min", item.title) for item in self.items]
        lines = [self.headline, "", table(rows, ("when", "how", "for", "what"), right=[2])]
        lines += ["", *self.verdict(), "", "When you are late, leave out in this order:"]
        lines += [f"{number}. {each}" for number, each in enumerate(self.late, 1)]
        return "\n".join([*lines, _KEEP])


@dataclass
class _Page:
    """An agenda while it is being written."""

    slots: Sequence[int]
    breaks: Sequence[int]
    now: int
    slot: int = 0
    used: int = 0
    items: list[Item] = field(default_factory=list)

    @property
    def room(self) -> int:
        return self.slots[self.slot] - self.used if self.slot < len(self.slots) else 0

    def add(self, minutes: int, kind: Kind, title: str) -> None:
        if minutes:
            self.items.append(Item(self.now, minutes, kind, title))
            self.now += minutes
            self.used += minutes

    def next_slot(self) -> None:
        self.add(self.room, "spare", "Questions, and catching up")
        if self.slot + 1 < len(self.slots):
            pause = self.breaks[self.slot]
            if pause:
                self.items.append(Item(self.now, pause, "break", "Break"))
            self.now += pause
        self.slot += 1
        self.used = 0

    @property
    def over(self) -> bool:
        return self.slot >= len(self.slots)


def plan(
    lessons: Sequence[Plannable], slots: Sequence[int], breaks: Sequence[int], start: int = 9 * 60
) -> Agenda:
    """Put the lessons into the slots in their order. A lesson that does not fit is left out, with all after
    it.

    ``slots`` are minutes of work; ``breaks`` are minutes between them, one number for all or one for each
    gap; ``start`` is in minutes from midnight. A break interrupts teaching only when no slot is long enough
    for it; practice may go on after a break.

    Raises:
        ValueError: no slot, a slot without minutes, or neither one break nor one for each gap.
    """
    if not slots or min(slots) <= 0:
        raise ValueError("An agenda needs at least one slot, and each slot some minutes.")
    gaps = len(slots) - 1
    if len(breaks) == 1:
        breaks = list(breaks) * gaps
    if len(breaks) != gaps or any(each < 0 for each in breaks):
        raise ValueError(f"{len(slots)} slots have {gaps} breaks between them; {len(breaks)} were given.")
    page = _Page(slots, breaks, start)
    shortened: list[Shortened] = []
    waiting = list(lessons)
    while waiting and _teach(page, waiting[0]):
        lesson = waiting.pop(0)
        given = _practise(page, lesson)
        if given < lesson.info.practise_minutes:
            shortened.append(Shortened(lesson.title, given, lesson.info.practise_minutes))
    while not page.over:
        page.next_slot()
    held = lessons[: len(lessons) - len(waiting)]
    return Agenda(
        items=tuple(page.items),
        shortened=tuple(shortened),
        left_out=tuple((lesson.title, _minutes(lesson)) for lesson in waiting),
        late=tuple(_when_late(held)),
        needed=sum(map(_minutes, lessons)),
        available=sum(slots),
        slots=len(slots),
    )


def _minutes(lesson: Plannable) -> int:
    return lesson.info.teach_minutes + lesson.info.practise_minutes


def _teach(page: _Page, lesson: Plannable) -> bool:
    """Place the lesson's teaching; False when no slot is left that holds it."""
    left = lesson.info.teach_minutes
    title = lesson.title
    if all(left > slot for slot in page.slots):  # has to be interrupted by a break
        if left > page.room + sum(page.slots[page.slot + 1 :]):
            return False
        while left:
            part = min(left, page.room)
            page.add(part, "teach", title)
            left -= part
            title = f"{lesson.title} (goes on)"
            if left:
                page.next_slot()
        return True
    if left > page.room and all(left > slot for slot in page.slots[page.slot + 1 :]):
        return False
    while left > page.room:
        page.next_slot()
    page.add(left, "teach", title)
    return True


def _practise(page: _Page, lesson: Plannable) -> int:
    """Place as much of the lesson's practice as there is room for; return its minutes."""
    left = lesson.info.practise_minutes
    given = 0
    title = lesson.title
    while left and not page.over:
        part = min(left, page.room)
        tiny = part < _WORTH_BEGINNING and part < left
        last = page.slot + 1 >= len(page.slots)
        if part < left and 0 < left - part < _WORTH_BEGINNING and not last:
            part = max(0, left - _WORTH_BEGINNING)  # leave enough minutes for after the break
            tiny = part < _WORTH_BEGINNING
        if part and not (tiny and not last):
            page.add(part, "practise", title)
            given, left = given + part, left - part
            title = f"{lesson.title} (goes on)"
        if left:
            if last:
                break
            page.next_slot()
    return given


def _when_late(lessons: Sequence[Plannable]) -> Iterator[str]:
    for lesson in lessons:
        for heading in lesson.may_wait:
            yield (f"{lesson.title}: the part “{heading}”. It stands alone, for the quick ones or for home.")
    yield "The quiz at the end of each lesson: everybody can answer it at home."
    if practised := [lesson.title for lesson in lessons if lesson.info.practise_minutes][-2:]:
        yield (
            f"Practice of the last lessons ({', '.join(practised)}): one exercise in class, the others at "
            "home. The hints and the checks work without you."
        )


def clock(minutes: int) -> str:
    """Minutes from midnight as a time of day."""
    return f"{minutes % _DAY // 60:02d}:{minutes % 60:02d}"


def to_html(agenda: Agenda) -> str:
    """The agenda as a page to print or to show."""
    return _html.page("agenda", agenda=agenda, keep=_KEEP)


def to_ics(agenda: Agenda, day: dt.date, *, now: dt.datetime | None = None) -> bytes:
    """The agenda as an iCalendar file for ``day``.

    Its times float (RFC 5545, 3.3.5): they are the clock on the wall of the room, whatever the time zone of
    the calendar that reads them. ``now`` is when the file was made, in UTC.
    """
    midnight = dt.datetime.combine(day, dt.time())
    calendar = Calendar()
    calendar.add("prodid", "-//After the Response//kit plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "After the Response")
    for number, item in enumerate(agenda.items, 1):
        event = Event()
        event.add("uid", f"{day.isoformat()}-{item.start:04d}-{number}@after-the-response")
        event.add("dtstamp", now or dt.datetime.now(dt.UTC))
        event.add("dtstart", midnight + dt.timedelta(minutes=item.start))
        event.add("dtend", midnight + dt.timedelta(minutes=item.end))
        event.add("summary", f"{item.kind}: {item.title}")
        event.add("transp", "TRANSPARENT" if item.kind in ("break", "spare") else "OPAQUE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
