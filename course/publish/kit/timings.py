"""What a class has taken: planned and measured minutes of each lesson, and the commonest wrong ideas.

It is read from the journals that learners hand in, ``.course/journal.jsonl`` of their workspaces. A journal
notes what was done, not when the learner began to read: the minutes are an estimate, and the output says so.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from course.practice import Entry, lessons, read_journal
from course.practice.texts import LessonText
from course.publish.kit.lessons import Headings, TaughtLesson, belief_and_cure
from course.timeline import svg as picture
from course.words import table

IDLE = timedelta(minutes=20)
"""A longer pause between two entries is a break, not work."""
_MOST_IDEAS = 10


@dataclass(frozen=True)
class LearnerJournal:
    """One journal: minutes by the name of the lesson, exercises passed, and wrong ideas that showed."""

    name: str
    minutes: Mapping[str, float]
    passed: Mapping[str, int]
    ideas: frozenset[str]


@dataclass(frozen=True)
class Row:
    """One lesson: planned and measured minutes, the measured ones of each learner, shortest first."""

    lesson: str
    title: str
    planned: int
    measured: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the measured minutes."""
        return statistics.median(self.measured)


@dataclass(frozen=True)
class SeenIdea:
    """A wrong idea, how many learners have shown it, and where it is cured."""

    id: str
    belief: str
    cure: str
    learners: int


@dataclass(frozen=True)
class Timings:
    """What the journals of a class say. ``remarks`` are about files that could not be used as they are."""

    learners: tuple[LearnerJournal, ...]
    rows: tuple[Row, ...]
    ideas: tuple[SeenIdea, ...]
    remarks: tuple[str, ...]

    def __str__(self) -> str:
        if not self.rows:
            return _NOTHING
        shown = table([[row.title, *_numbers(row)] for row in self.rows], _COLUMNS, right=range(1, 5))
        found = [_idea(seen, len(self.learners)) for seen in self.ideas]
        ideas = ["The commonest wrong ideas:", *found] if found else ["No wrong idea was seen."]
        how = (
            "Measured is the time between one entry of a journal (a prediction, a check, an answer) and the "
            f"next; pauses of more than {IDLE.total_seconds() // 60:.0f} minutes are left out, and so is "
            "what comes before the first entry."
        )
        return "\n".join([shown, "", how, "", *ideas])


_COLUMNS = ("lesson", "planned", "measured", "least–most", "learners")
_NOTHING = "There is nothing to measure in these files."
_TITLE = "Planned and measured minutes"


def read_timings(files: Sequence[Path], taught: Sequence[TaughtLesson], *, names: bool = False) -> Timings:
    """Read journals: files, or folders with ``*.jsonl`` below them. What cannot be used becomes a remark.

    Learners are called ``learner 1`` and so on, in an order that says nothing about them; with ``names``,
    by the names of their files.
    """
    remarks: list[str] = []
    texts = {each.name: each.text for each in lessons()}
    journals = list(_journals(files, remarks, _lesson_of(texts)))
    journals.sort(key=lambda found: found[1])
    learners = tuple(
        _learner(str(path) if names else f"learner {number}", entries, texts)
        for number, (path, _, entries) in enumerate(journals, 1)
    )
    headings = {lesson.info.lesson: lesson.headings for lesson in taught}
    return Timings(learners, tuple(_rows(learners, taught)), tuple(_seen(learners, headings)), tuple(remarks))


def _lesson_of(texts: Mapping[str, LessonText]) -> dict[str, str]:
    """The lesson's name of each exercise and question."""
    return {id: name for name, text in texts.items() for id in (*text.exercises, *text.questions)}


def _journals(
    files: Sequence[Path], remarks: list[str], lesson_of: Mapping[str, str]
) -> Iterator[tuple[Path, str, list[tuple[str, Entry]]]]:
    """Each usable journal: its file, a digest of what is in it, its entries with their lessons."""
    digests: dict[str, Path] = {}
    for path in _files(files, remarks):
        try:
            entries, unreadable = read_journal(path)
        except OSError as error:
            remarks.append(f"{path} cannot be read: {error.strerror or error}. Left out.")
            continue
        known = [(lesson_of[entry.id], entry) for entry in entries if entry.id in lesson_of]
        if not known:
            remarks.append(_useless(path, empty=not entries and not unreadable))
            continue
        digest = hashlib.sha256("".join(entry.model_dump_json() for entry in entries).encode()).hexdigest()
        if digest in digests:
            remarks.append(f"{path} holds the same as {digests[digest]}. Counted once.")
            continue
        digests[digest] = path
        if unreadable:
            remarks.append(
                f"{path}: {unreadable} of its lines cannot be read and are left out; the others count."
            )
        if len(known) < len(entries):
            remarks.append(
                f"{path}: {len(entries) - len(known)} entries are about exercises or questions that this "
                "course does not have, perhaps of another version. Left out."
            )
        yield path, digest, known


def _useless(path: Path, *, empty: bool) -> str:
    if empty:
        return f"{path} is empty: nothing was done in that workspace yet. Left out."
    return (
        f"{path} is not a journal of this course (it has no entry). Left out. Learners find theirs in "
        "their workspace: .course/journal.jsonl"
    )


def _files(paths: Sequence[Path], remarks: list[str]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(path.rglob("*.jsonl"))
        if not found:
            remarks.append(f"There is no *.jsonl in {path}. Left out.")
        yield from found


def _learner(
    name: str, entries: Sequence[tuple[str, Entry]], texts: Mapping[str, LessonText]
) -> LearnerJournal:
    in_order = sorted(((lesson, _instant(entry)) for lesson, entry in entries), key=lambda found: found[1])
    minutes: defaultdict[str, float] = defaultdict(float)
    for (_, before), (lesson, now) in itertools.pairwise(in_order):
        if (pause := now - before) <= IDLE:
            minutes[lesson] += pause.total_seconds() / 60
    passed = {(lesson, entry.id) for lesson, entry in entries if entry.state == "passed"}
    ideas = frozenset(id for lesson, entry in entries for id in _ideas(entry, texts[lesson]))
    return LearnerJournal(name, dict(minutes), Counter(lesson for lesson, _ in passed), ideas)


def _instant(entry: Entry) -> datetime:
    """When it was. A journal that the course did not write may lack the time zone."""
    return entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=UTC)


def _ideas(entry: Entry, text: LessonText) -> Iterator[str]:
    """The wrong ideas that an entry shows."""
    found: list[str | None] = []
    if entry.kind == "check" and entry.miss and entry.id in text.exercises:
        miss = text.exercises[entry.id].misses.get(entry.miss)
        found = [miss.misconception] if miss else []
    elif entry.chosen and entry.id in text.questions:
        options = text.questions[entry.id].options
        found = [options[letter].misconception for letter in entry.chosen if letter in options]
    yield from (id for id in found if id)


def _rows(learners: Sequence[LearnerJournal], taught: Sequence[TaughtLesson]) -> Iterator[Row]:
    for lesson in taught:
        name = lesson.info.lesson
        measured = sorted(learner.minutes[name] for learner in learners if name in learner.minutes)
        if measured:
            planned = lesson.info.teach_minutes + lesson.info.practise_minutes
            yield Row(name, lesson.title, planned, tuple(measured))


def _seen(learners: Sequence[LearnerJournal], headings: Headings) -> list[SeenIdea]:
    counted = Counter(id for learner in learners for id in learner.ideas)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST_IDEAS]
    return [SeenIdea(id, *belief_and_cure(id, headings), learners=count) for id, count in ordered]


def _numbers(row: Row) -> list[str]:
    return [
        f"{row.planned} min",
        f"{row.median:.0f} min",
        f"{row.measured[0]:.0f}–{row.measured[-1]:.0f}",
        str(len(row.measured)),
    ]


def _idea(seen: SeenIdea, everybody: int) -> str:
    cure = f" Cure: {seen.cure}." if seen.cure else ""
    return f"{seen.learners:>3} of {everybody}  {seen.belief}{cure}"


# ---- as a table for a spreadsheet, and as a picture ---------------------------------------------------


def to_csv(timings: Timings) -> str:
    """One line for each learner and lesson: minutes, exercises passed."""
    planned = {row.lesson: row.planned for row in timings.rows}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["learner", "lesson", "planned_minutes", "measured_minutes", "exercises_passed"])
    for learner in timings.learners:
        for lesson, minutes in learner.minutes.items():
            if lesson in planned:
                passed = learner.passed.get(lesson, 0)
                row = [_no_formula(learner.name), lesson, planned[lesson], f"{minutes:.1f}", passed]
                writer.writerow(row)
    return stream.getvalue()


def _no_formula(text: str) -> str:
    """The text, changed so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


_LEFT, _RIGHT, _TOP, _ROW, _BAR = 250.0, 930.0, 64.0, 34.0, 18.0


def to_svg(timings: Timings) -> str:
    """Planned minutes as bars, each learner's as a tick, their median as a diamond, in the course's style."""
    longest = max((max(row.planned, row.measured[-1]) for row in timings.rows), default=10.0)
    step = next(each for each in (5, 10, 15, 30, 60, 120, 10**6) if longest / each <= 8)
    last = step * -(-longest // step)
    scale = (_RIGHT - _LEFT) / last
    bottom = _TOP + _ROW * len(timings.rows)
    parts = _legend()
    for number, row in enumerate(timings.rows):
        parts += _bar(row, _TOP + number * _ROW, scale, shaded=number % 2 == 0)
    for minute in range(0, int(last) + 1, step):
        x = _LEFT + minute * scale
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP:g}V{bottom:g}"/>')
        parts.append(_text("tick", x, bottom + 16, f"{minute} min", "middle"))
    what = "; ".join(
        f"{row.title}: planned {row.planned} minutes, measured {row.median:.0f} "
        f"({len(row.measured)} learners)"
        for row in timings.rows
    )
    return picture.document(bottom + 28, what or _NOTHING, parts, _TITLE)


def _legend() -> list[str]:
    return [
        _text("lane", 16, 26, _TITLE),
        picture.rect("wait", _LEFT, 30, 24, 12, 2),
        _text("key", _LEFT + 30, 41, "planned"),
        f'<path class="release" d="M{_LEFT + 112:g} 29v14"/>',
        picture.diamond(_LEFT + 128, 36, 6),
        _text("key", _LEFT + 140, 41, "measured: each learner, and their median"),
    ]


def _bar(row: Row, top: float, scale: float, *, shaded: bool) -> Iterator[str]:
    middle = top + _ROW / 2
    if shaded:
        yield picture.rect("band", 1, top, 958, _ROW, 0)
    yield _text("lane", 16, middle + 4.5, row.title)
    yield picture.rect("wait", _LEFT, middle - _BAR / 2, row.planned * scale, _BAR, 2)
    for minutes in row.measured:
        yield f'<path class="release" d="M{_LEFT + minutes * scale:.1f} {middle - 12:g}v24"/>'
    yield picture.diamond(_LEFT + row.median * scale, middle, 7)


def _text(kind: str, x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
