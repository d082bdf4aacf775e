"""An agenda with clock times: which lesson when, what does not fit, and what to leave out when late."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from icalendar import Calendar, Event

from course.publish.kit import _html
from course.words import table

Kind = Literal["arrive", "teach", "practise", "break", "spare"]

_WORTH_BEGINNING = 8
"""Minutes: the shortest practice before a break or after one."""
_DAY = 24 * 60
_A_QUESTION = 0.5
"""Minutes that a question of the quiz takes in a room."""
_KEEP = (
    "Keep the predictions: let the room commit before each run. They cost a minute each, and they are what "
    "people remember."
)


class _Info(Protocol):
    @property
    def lesson(self) -> str: ...
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
        """Its name and its minutes."""

    @property
    def may_wait(self) -> Mapping[str, float]:
        """The parts that can be left for home: for each heading its share of the minutes, from 0 to 1."""

    @property
    def exercises(self) -> int:
        """How many exercises it has."""

    @property
    def quiz_questions(self) -> int:
        """How many questions its quizzes have."""


@dataclass(frozen=True)
class _Minutes:
    lesson: str
    teach_minutes: int
    practise_minutes: int


@dataclass(frozen=True)
class Measured:
    """A lesson with the minutes that a class has taken; teaching and practice share them as planned."""

    lesson: Plannable
    minutes: float

    @property
    def title(self) -> str:
        """Number and name."""
        return self.lesson.title

    @property
    def info(self) -> _Info:
        """Its name and the measured minutes."""
        planned = self.lesson.info
        teach = round(self.minutes * planned.teach_minutes / max(1, _minutes(self.lesson)))
        return _Minutes(planned.lesson, max(1, teach), max(0, round(self.minutes) - max(1, teach)))

    @property
    def may_wait(self) -> Mapping[str, float]:
        """The parts that can be left for home, with their shares."""
        return self.lesson.may_wait

    @property
    def exercises(self) -> int:
        """How many exercises it has."""
        return self.lesson.exercises

    @property
    def quiz_questions(self) -> int:
        """How many questions its quizzes have."""
        return self.lesson.quiz_questions


def as_measured(lessons: Sequence[Plannable], minutes: Mapping[str, float]) -> list[Plannable]:
    """The lessons with measured minutes where there are some, by the name of the lesson."""
    return [
        Measured(lesson, minutes[lesson.info.lesson]) if lesson.info.lesson in minutes else lesson
        for lesson in lessons
    ]


@dataclass(frozen=True)
class Course:
    """What the calendar and the page say of the course as a whole."""

    name: str = "After the Response"
    place: str = ""
    day: dt.date | None = None

    @property
    def title(self) -> str:
        """Name, day and place in one line."""
        return ", ".join(filter(None, [self.name, self.day.isoformat() if self.day else "", self.place]))


@dataclass(frozen=True)
class Cut:
    """Something to leave out when late, and about how many minutes that saves."""

    what: str
    saves: int

    def __str__(self) -> str:
        return f"{self.what} Saves about {self.saves} minutes."


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
    late: tuple[Cut, ...]
    needed: int
    available: int
    slots: int
    course: Course = Course()

    @property
    def fits(self) -> bool:
        """Whether every minute of every lesson has its place."""
        return not self.shortened and not self.left_out

    @property
    def possible(self) -> bool:
        """Whether every lesson has a place, if perhaps with less practice."""
        return not self.left_out

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
        lines = [self.course.title, self.headline, "", table(rows, ("when", "how", "for", "what"), right=[2])]
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
    lessons: Sequence[Plannable],
    slots: Sequence[int],
    breaks: Sequence[int],
    start: int = 9 * 60,
    *,
    arrival: int = 0,
    course: Course | None = None,
) -> Agenda:
    """Put the lessons into the slots in their order. A lesson that does not fit is left out, with all after
    it.

    ``slots`` are minutes of work; ``breaks`` are minutes between them, one number for all or one for each
    gap; ``start`` is in minutes from midnight; the first ``arrival`` minutes are for arriving and setting up.
    A break interrupts teaching only when no slot is long enough
    for it; practice may go on after a break.

    Raises:
        ValueError: no slot, a slot without minutes, neither one break nor one for each gap, or an arrival
            that is as long as the first slot.
    """
    if not slots or min(slots) <= 0:
        raise ValueError("An agenda needs at least one slot, and each slot some minutes.")
    gaps = len(slots) - 1
    if len(breaks) == 1:
        breaks = list(breaks) * gaps
    if len(breaks) != gaps or any(each < 0 for each in breaks):
        raise ValueError(f"{len(slots)} slots have {gaps} breaks between them; {len(breaks)} were given.")
    if not 0 <= arrival < slots[0]:
        raise ValueError(f"Arrival takes {arrival} minutes, and the first slot has {slots[0]}.")
    page = _Page(slots, breaks, start)
    page.add(arrival, "arrive", "Arrival: everybody has a seat, and its doctor says ok")
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
        available=sum(slots) - arrival,
        slots=len(slots),
        course=course or Course(),
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


def _when_late(lessons: Sequence[Plannable]) -> Iterator[Cut]:
    """What to leave out, the least loss first. Each saves its minutes when those before it are left out."""
    for lesson in lessons:
        for heading, share in lesson.may_wait.items():
            what = f"{lesson.title}: the part “{heading}”. It stands alone, for the quick ones or for home."
            yield Cut(what, round(share * _minutes(lesson)))
    questions = sum(lesson.quiz_questions for lesson in lessons)
    quiz = "The quiz at the end of each lesson: everybody can answer it at home."
    yield Cut(quiz, round(questions * _A_QUESTION))
    if practised := [lesson for lesson in lessons if lesson.info.practise_minutes][-2:]:
        names = ", ".join(lesson.title for lesson in practised)
        what = f"Practice of the last lessons ({names}): one exercise in class, the others at home."
        saved = sum(map(_all_but_one_exercise, practised))
        yield Cut(f"{what} The hints and the checks work without you.", round(saved))


def _all_but_one_exercise(lesson: Plannable) -> float:
    """Minutes of practice for all exercises but one, without the parts that may wait."""
    practice = lesson.info.practise_minutes * (1 - 1 / max(1, lesson.exercises))
    return max(0.0, practice - sum(lesson.may_wait.values()) * _minutes(lesson))


def clock(minutes: int) -> str:
    """Minutes from midnight as a time of day."""
    return f"{minutes % _DAY // 60:02d}:{minutes % 60:02d}"


def to_html(agenda: Agenda) -> str:
    """The agenda as a page to print or to show."""
    return _html.page("agenda", agenda=agenda, keep=_KEEP)


def to_ics(
    agenda: Agenda, day: dt.date, *, now: dt.datetime | None = None, zone: dt.tzinfo | None = None
) -> bytes:
    """The agenda as an iCalendar file for ``day``.

    Without a ``zone`` its times float (RFC 5545, 3.3.5): they are the clock on the wall of the room, whatever
    the time zone of the calendar that reads them. ``now`` is when the file was made, in UTC. An event keeps
    its UID when the agenda is planned again, so that a calendar moves it: that of a course with a name of its
    own also on another day.
    """
    midnight = dt.datetime.combine(day, dt.time(), zone)
    course = agenda.course
    calendar = Calendar()
    calendar.add("prodid", "-//After the Response//kit plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", course.name)
    key = course.name if course.name != Course.name else f"{course.name} {day.isoformat()}"
    seen: Counter[str] = Counter()
    for item in agenda.items:
        what = _slug(f"{item.kind} {item.title}")
        seen[what] += 1
        event = Event()
        event.add("uid", f"{_slug(key)}-{what}-{seen[what]}@after-the-response")
        event.add("dtstamp", now or dt.datetime.now(dt.UTC))
        event.add("dtstart", midnight + dt.timedelta(minutes=item.start))
        event.add("dtend", midnight + dt.timedelta(minutes=item.end))
        event.add("summary", f"{item.kind}: {item.title}")
        if course.place:
            event.add("location", course.place)
        event.add("transp", "TRANSPARENT" if item.kind in ("break", "spare") else "OPAQUE")
        calendar.add_component(event)
    if zone is not None:
        calendar.add_missing_timezones(first_date=day, last_date=day + dt.timedelta(days=366))
    return bytes(calendar.to_ical())


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower()).strip("-")
