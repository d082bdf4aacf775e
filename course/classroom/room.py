"""What the board shows of a class, worked out from what its seats have sent: no clock, no network.

Times are seconds of the board's clock. ``now`` is always given.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from string import Formatter

from course import notebook
from course.classroom.store import Noted, Seat
from course.practice.texts import (
    Lesson,
    Miss,
    Question,
    engine_misses,
    lessons,
    misconception_text,
    notebook_of,
)
from course.seat import MistypedCode, decode
from course.words import say, translated

FEWEST_CHECKS = 2
"""Failed checks in a row that make nobody stuck yet are fewer than this, and fewer than twice the median."""
QUIET = 10 * 60
"""Seconds without movement that make nobody stuck are fewer, or fewer than three times the median."""
GONE = 30
"""Seconds without a sign of life after which a seat is away."""
RECENT = 10 * 60
MOST_MISSES = 5
_MOST_IDEAS = 2_000


@dataclass
class Work:
    """What a seat did at one exercise."""

    checks: int = 0
    failed: int = 0
    """Checks in a row that did not pass, without those that were no attempt."""
    most_failed: int = 0
    passed: bool = False
    hints: int = 0
    solution: bool = False
    miss: str | None = None
    at: float = 0.0

    def add(self, noted: Noted) -> None:
        """Take one more event into account."""
        event, self.at = noted.event, max(self.at, noted.at)
        if event.kind == "hint":
            self.hints += 1
        elif event.kind == "solution":
            self.solution = True
        elif event.kind == "check":
            self.checks += 1
            if event.state == "passed":
                self.passed, self.failed, self.miss = True, 0, None
            elif event.state == "not yet":
                self.failed, self.miss = self.failed + 1, event.miss
                self.most_failed = max(self.most_failed, self.failed)

    @property
    def state(self) -> str:
        """``passed``, ``failing``, ``tried`` or nothing."""
        if self.passed:
            return "passed"
        return "failing" if self.failed else "tried" if self.checks or self.hints or self.solution else ""


@dataclass
class Place:
    """A seat in the room: what it did, and when it was heard of last."""

    seat: Seat
    heard: float
    moved: float
    work: dict[str, Work] = field(default_factory=dict)
    events: int = 0
    last: str | None = None
    """The exercise that it was at last."""


@dataclass(frozen=True)
class Idea:
    """A miss in words: what the learner believes, or what the check says, and the cell that cures it."""

    says: str
    cure: str = ""


@dataclass(frozen=True)
class Stuck:
    """A learner who needs somebody, and why."""

    seat: Seat
    exercise: str
    title: str
    failed: int
    minutes: int
    idea: Idea | None


@dataclass(frozen=True)
class SeenMiss:
    """A miss of the last minutes, and how many learners got it."""

    title: str
    idea: Idea
    learners: int


@dataclass(frozen=True)
class Bar:
    """An option of a poll. Nothing but its letter and its text is known before the poll is revealed."""

    letter: str
    text: str
    count: int | None = None
    share: int | None = None
    """Per cent of those who have committed."""
    right: bool | None = None
    why: str = ""


@dataclass(frozen=True)
class Poll:
    """A prediction of the lesson, and how many have committed to an answer."""

    id: str
    ask: str
    answers: int
    revealed: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Column:
    """An exercise of the lesson, and how many have tried and passed it."""

    id: str
    title: str
    tried: int
    passed: int


class Room:
    """A class, as far as the board knows it."""

    def __init__(self, seats: Iterable[Seat] = (), events: Iterable[Noted] = (), *, now: float) -> None:
        self.places: dict[int, Place] = {}
        self._missed: dict[tuple[str, str, int], float] = {}  # when a seat got a miss of an exercise last
        self._polls: dict[str, dict[int, str]] = {}
        self._asked: dict[str, float] = {}
        self.lessons = {lesson.name: lesson for lesson in lessons()}
        self._lesson_of = {
            id: lesson.name
            for lesson in self.lessons.values()
            for id in (*lesson.text.exercises, *lesson.text.questions)
        }
        self._ideas: dict[tuple[str, str], Idea | None] = {}
        for seat in seats:
            self.enter(seat, 0.0)
        for noted in events:
            self.add(noted)
        for place in self.places.values():
            place.heard = place.moved
        self._forget_before(now - RECENT)

    # what happens

    def enter(self, seat: Seat, now: float) -> None:
        """A seat joins, or changes."""
        place = self.places.get(seat.id)
        if place is None:
            self.places[seat.id] = Place(seat, now, seat.joined)
        else:
            place.seat = seat

    def leave(self, seat: int) -> None:
        """A seat leaves, and everything of it is forgotten."""
        self.places.pop(seat, None)
        for answers in self._polls.values():
            answers.pop(seat, None)
        self._missed = {key: at for key, at in self._missed.items() if key[2] != seat}

    def hear(self, seat: int, now: float) -> bool:
        """A sign of life; whether the seat was away before."""
        place = self.places[seat]
        was_away, place.heard = now - place.heard > GONE, now
        return was_away

    def add(self, noted: Noted) -> None:
        """Take one event into account. What is about nothing in this course is left aside."""
        place, event = self.places.get(noted.seat), noted.event
        if place is None:
            return
        place.events += 1
        place.moved = max(place.moved, noted.at)
        if event.id not in self._lesson_of:
            return
        if event.kind == "prediction":
            if event.chosen:
                self._polls.setdefault(event.id, {}).setdefault(noted.seat, "".join(sorted(event.chosen)))
                self._asked[event.id] = max(noted.at, self._asked.get(event.id, 0.0))
            return
        if event.kind == "answer":
            return
        place.last = event.id
        place.work.setdefault(event.id, Work()).add(noted)
        if event.miss:
            key = (event.id, event.miss, noted.seat)
            self._missed[key] = max(noted.at, self._missed.get(key, 0.0))

    def _forget_before(self, time: float) -> None:
        self._missed = {key: at for key, at in self._missed.items() if at >= time}

    # what is seen

    def current_lesson(self) -> str:
        """The lesson that most seats were at last; the first one before anybody did anything."""
        at = Counter(self._lesson_of[place.last] for place in self.places.values() if place.last)
        at.update(self._lesson_of[id] for id in self._latest_question())
        return at.most_common(1)[0][0] if at else next(iter(self.lessons))

    def _latest_question(self) -> list[str]:
        return [max(self._asked, key=lambda id: self._asked[id])] if self._asked else []

    def is_away(self, place: Place, now: float) -> bool:
        """Whether it has given no sign of life for a while."""
        return now - place.heard > GONE

    def columns(self, lesson: Lesson) -> list[Column]:
        """The exercises of a lesson."""
        found = []
        for id, text in lesson.text.exercises.items():
            work = [place.work[id] for place in self.places.values() if id in place.work]
            found.append(Column(id, text.title, len(work), sum(each.passed for each in work)))
        return found

    def stuck(self, now: float) -> list[Stuck]:
        """Who is stuck, in whatever lesson, the worst first: several failed checks and no pass, or long
        without movement, both more than the others.
        """
        here = [place for place in self.places.values() if not self.is_away(place, now)]
        quiet = statistics.median([now - place.moved for place in here]) if here else 0.0
        by_exercise = {id: lesson for lesson in self.lessons.values() for id in lesson.text.exercises}
        usual = self._failed_checks()
        found = [
            stuck
            for place in here
            if place.last in by_exercise
            and (stuck := self._stuck(place, by_exercise[place.last], usual[place.last], quiet, now))
        ]
        return sorted(found, key=lambda each: (-each.failed, -each.minutes, each.seat.id))

    def _stuck(
        self, place: Place, lesson: Lesson, usual: list[int], quiet: float, now: float
    ) -> Stuck | None:
        id = place.last or ""
        work, still = place.work[id], now - place.moved
        many = not work.passed and work.failed >= FEWEST_CHECKS
        many = many and work.failed >= 2 * _median_without(work.most_failed, usual)
        long = not work.passed and still >= max(QUIET, 3 * quiet)
        if not many and not long:
            return None
        idea = self._idea(lesson, id, work.miss) if work.miss else None
        return Stuck(place.seat, id, lesson.text.exercises[id].title, work.failed, int(still // 60), idea)

    def _failed_checks(self) -> dict[str, list[int]]:
        """For each exercise the failed checks in a row of all who tried it, in rising order."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place in self.places.values():
            for id, work in place.work.items():
                found[id].append(work.most_failed)
        return {id: sorted(failed) for id, failed in found.items()}

    def misses(self, now: float) -> list[SeenMiss]:
        """The commonest misses of the last ten minutes, by the number of learners who got them."""
        self._forget_before(now - RECENT)
        counted = Counter((id, miss) for id, miss, _ in self._missed)
        found = []
        for (id, miss), learners in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
            lesson = self.lessons[self._lesson_of[id]]
            idea = self._idea(lesson, id, miss)
            if idea and id in lesson.text.exercises:
                found.append(SeenMiss(lesson.text.exercises[id].title, idea, learners))
        return found[:MOST_MISSES]

    def _idea(self, lesson: Lesson, exercise: str, miss: str | None) -> Idea | None:
        """Looked up once: it takes milliseconds, and the page is drawn three times a second."""
        if miss is None:
            return None
        if (exercise, miss) not in self._ideas:
            if len(self._ideas) >= _MOST_IDEAS:
                self._ideas.clear()
            self._ideas[exercise, miss] = idea_of(lesson, exercise, miss)
        return self._ideas[exercise, miss]

    def polls(self, lesson: Lesson, revealed: Mapping[str, object]) -> list[Poll]:
        """The lesson's predictions that somebody has committed to, the latest first."""
        asked = [id for id in self._polls if id in lesson.text.questions and self._polls[id]]
        asked.sort(key=lambda id: -self._asked[id])
        return [_poll(id, lesson.text.questions[id], self._polls[id], id in revealed) for id in asked]

    def hands(self) -> list[Seat]:
        """The seats whose hand is up, or to whom somebody is coming, in the order of raising."""
        up = [place.seat for place in self.places.values() if place.seat.hand_state != "down"]
        return sorted(up, key=lambda seat: (seat.hand_at or 0.0, seat.id))

    def broken(self) -> list[tuple[Seat, tuple[str, ...]]]:
        """The seats whose doctor found something, and what."""
        found = [(place.seat, failed_checks(place.seat.doctor)) for place in self.places.values()]
        return [(seat, failed) for seat, failed in found if failed]

    def away(self, now: float) -> list[Seat]:
        """The seats that give no sign of life."""
        return [place.seat for place in self.places.values() if self.is_away(place, now)]


def _median_without(one: int, values: list[int]) -> float:
    """The median of the others; 0 if there are none."""
    place = values.index(one)
    others = values[:place] + values[place + 1 :]
    return statistics.median(others) if others else 0.0


def _poll(id: str, question: Question, answers: Mapping[int, str], revealed: bool) -> Poll:
    counts = Counter(key for chosen in answers.values() for key in chosen)
    bars = []
    for key, option in question.options.items():
        letter = question.letters[key]
        if revealed:
            share = round(100 * counts[key] / len(answers))
            bars.append(Bar(letter, option.text, counts[key], share, option.right, option.why))
        else:
            bars.append(Bar(letter, option.text))
    return Poll(id, question.ask, len(answers), revealed, tuple(bars))


def failed_checks(code: str | None) -> tuple[str, ...]:
    """The checks that failed at a seat, by the code that its doctor printed."""
    try:
        return decode(code).failed if code else ()
    except MistypedCode:
        return ()


def idea_of(lesson: Lesson, exercise: str, miss: str) -> Idea | None:
    """What stands behind a miss, in words; ``None`` if this course does not know it."""
    if exercise not in lesson.text.exercises:
        return None
    known = lesson.text.exercises[exercise].misses.get(miss)
    if known is None:
        template = engine_misses().get(miss)
        return Idea(_filled(template)) if template else None
    found = misconception_text(known.misconception) if known.misconception else None
    if found is None:
        return Idea(_filled(known.says), _cure(lesson.name, known.cure) if known.cure else "")
    return Idea(found[1].belief, _cure_of(known, lesson, *found[0:1], found[1].cure))


def _cure_of(known: Miss, lesson: Lesson, home: Lesson, cell: str) -> str:
    return _cure(lesson.name, known.cure) if known.cure else _cure(home.name, cell)


@cache
def _cure(lesson: str, cell: str) -> str:
    """The heading above a cell, and the notebook that it is in."""
    path = notebook_of(lesson)
    if path is None:
        return ""
    try:
        heading = notebook.headings(notebook.read_raw(path)).get(cell, "")
        heading = translated(heading, lesson)
    except notebook.Unreadable:
        return ""
    return say("“{heading}” in {notebook}", heading=heading, notebook=path.name) if heading else ""


@cache
def lesson_title(lesson: str) -> str:
    """Number and name of a lesson in the learner's language; its folder's name if it has no notebook."""
    path = notebook_of(lesson)
    try:
        title = notebook.title(notebook.read_raw(path)) if path else ""
    except notebook.Unreadable:
        title = ""
    return translated(title, lesson) or lesson.replace("_", " ")


def _filled(template: str) -> str:
    """A message with its fields shown as ``‹name›``: what the check filled in stayed at the seat."""
    return "".join(text + (f"‹{name}›" if name else "") for text, name, _, _ in Formatter().parse(template))
