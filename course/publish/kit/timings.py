"""What a class has taken: minutes of each lesson, who is stuck where, and the commonest wrong ideas.

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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from course.practice import Entry, lessons, read_journal
from course.practice.texts import LessonText
from course.publish.kit.lessons import Headings, TaughtLesson, belief_and_cure, every_miss, filled
from course.timeline import svg as picture
from course.words import table

IDLE = timedelta(minutes=20)
"""A longer pause between two entries is a break, not work."""
_MOST_IDEAS = 10
_STUCK = 3
"""So many failed checks of an exercise without one that passed: this learner needs somebody."""
_LOCKS = (".lock", ".in-use")
"""Files beside a journal that nobody needs to hand in."""
_AT_MOST_NAMED = 5


@dataclass(frozen=True)
class Attempt:
    """What a learner did with one exercise: checks that failed, whether one passed, minutes of work on it.

    ``last`` is what the last failed check found, by its key in the lesson's texts.
    """

    failed: int
    passed: bool
    minutes: float
    last: str | None = None

    @property
    def stuck(self) -> bool:
        """Whether the learner has tried often and passed never."""
        return not self.passed and self.failed >= _STUCK

    @property
    def mark(self) -> str:
        """One letter for the table: ``+`` passed, else how many checks failed."""
        return "+" if self.passed else str(min(self.failed, 9))


@dataclass(frozen=True)
class LearnerJournal:
    """One journal: minutes by the name of the lesson, attempts by the id of the exercise, and what showed:
    wrong ideas, and misses of which no wrong idea is known, as exercise and miss.
    """

    name: str
    minutes: Mapping[str, float]
    attempts: Mapping[str, Attempt]
    ideas: frozenset[str]
    unexplained: frozenset[tuple[str, str]] = frozenset()


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
class SeenMiss:
    """What a check has said that no wrong idea explains, and to how many learners."""

    exercise: str
    says: str
    learners: int


@dataclass(frozen=True)
class Timings:
    """What the journals of a class say. ``remarks`` are about files that could not be used as they are.

    ``exercises`` are the ids of those that somebody has checked, with their lesson, in the course's order.
    """

    learners: tuple[LearnerJournal, ...]
    rows: tuple[Row, ...]
    ideas: tuple[SeenIdea, ...]
    remarks: tuple[str, ...]
    exercises: Mapping[str, str] = field(default_factory=dict)
    misses: tuple[SeenMiss, ...] = ()

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
        misses = [
            f"{seen.learners:>3} of {len(self.learners)}  {seen.exercise}: {seen.says}"
            for seen in self.misses
        ]
        others = ["", "What checks said most, and no known wrong idea is behind:", *misses] if misses else []
        return "\n".join([shown, "", how, "", *self._by_exercise(), "", *ideas, *others])

    def _by_exercise(self) -> list[str]:
        """Exercise × learner, and who is stuck."""
        if not self.exercises:
            return ["No exercise was checked."]
        rows = []
        for id in self.exercises:
            tried = [learner.attempts.get(id) for learner in self.learners]
            marks = "".join(attempt.mark if attempt else "." for attempt in tried)
            passed = sum(attempt.passed for attempt in tried if attempt)
            rows.append([id, marks, f"{passed} of {sum(map(bool, tried))}"])
        stuck = [
            f"{learner.name} at {id}: {attempt.failed} checks failed, the last with {attempt.last}."
            for learner in self.learners
            for id, attempt in learner.attempts.items()
            if attempt.stuck
        ]
        return [
            table(rows, ("exercise", "each learner", "passed")),
            "",
            "One column for each learner, in order: + passed, a number is checks that failed and none that "
            "passed (9: or more), . not checked.",
            "",
            *(["Stuck:", *stuck] if stuck else [f"Nobody is stuck ({_STUCK} failed checks and no pass)."]),
        ]


_COLUMNS = ("lesson", "planned", "measured", "least–most", "learners")
_NOTHING = "There is nothing to measure in these files."
_TITLE = "Planned and measured minutes"


def read_timings(files: Sequence[Path], taught: Sequence[TaughtLesson], *, names: bool = False) -> Timings:
    """Read journals: files, or folders with ``*.jsonl*`` below them. What is not used becomes a remark.

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
    checked = {id for learner in learners for id in learner.attempts}
    in_order = [(id, name) for name, text in texts.items() for id in text.exercises if id in checked]
    return Timings(
        learners,
        tuple(_rows(learners, taught)),
        tuple(_seen(learners, headings)),
        tuple(remarks),
        dict(in_order),
        tuple(_unexplained(learners, texts)),
    )


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
    """The files, and in folders those with ``.jsonl`` in their name, as chats and mails change names."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        every = sorted(each for each in path.rglob("*") if each.is_file() and each.suffix not in _LOCKS)
        found = [each for each in every if ".jsonl" in each.name.lower()]
        if not found:
            remarks.append(f"There is no *.jsonl in {path}. Left out.")
        if skipped := [each for each in every if each not in found]:
            names = ", ".join(str(each.relative_to(path)) for each in skipped[:_AT_MOST_NAMED])
            more = f" and {len(skipped) - _AT_MOST_NAMED} more" if len(skipped) > _AT_MOST_NAMED else ""
            remarks.append(
                f"Skipped in {path}, without .jsonl in the name: {names}{more}. Unpack archives there first."
            )
        yield from found


def _learner(
    name: str, entries: Sequence[tuple[str, Entry]], texts: Mapping[str, LessonText]
) -> LearnerJournal:
    in_order = sorted(entries, key=lambda found: _instant(found[1]))
    minutes: defaultdict[str, float] = defaultdict(float)
    spent: defaultdict[str, float] = defaultdict(float)
    for (_, before), (lesson, entry) in itertools.pairwise(in_order):
        if (pause := _instant(entry) - _instant(before)) <= IDLE:
            minutes[lesson] += pause.total_seconds() / 60
            spent[entry.id] += pause.total_seconds() / 60
    ideas = frozenset(id for lesson, entry in entries for id in _ideas(entry, texts[lesson]))
    without = {
        (entry.id, entry.miss)
        for lesson, entry in entries
        if entry.kind == "check" and entry.miss and not list(_ideas(entry, texts[lesson]))
    }
    return LearnerJournal(name, dict(minutes), _attempts(in_order, spent), ideas, frozenset(without))


def _attempts(in_order: Sequence[tuple[str, Entry]], spent: Mapping[str, float]) -> dict[str, Attempt]:
    """The exercises that were checked, by their id. A starter that nobody has changed is no attempt."""
    states: defaultdict[str, list[Entry]] = defaultdict(list)
    for _, entry in in_order:
        if entry.kind == "check" and entry.state in ("passed", "not yet"):
            states[entry.id].append(entry)
    return {
        id: Attempt(
            failed=sum(entry.state == "not yet" for entry in checks),
            passed=any(entry.state == "passed" for entry in checks),
            minutes=spent.get(id, 0.0),
            last=next((entry.miss for entry in reversed(checks) if entry.miss), None),
        )
        for id, checks in states.items()
    }


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


def _unexplained(learners: Sequence[LearnerJournal], texts: Mapping[str, LessonText]) -> Iterator[SeenMiss]:
    """What checks said to most learners without a known wrong idea behind it."""
    exercises = {id: text for lesson in texts.values() for id, text in lesson.exercises.items()}
    engine = every_miss()
    counted = Counter(each for learner in learners for each in learner.unexplained)
    for (id, miss), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_MOST_IDEAS]:
        own = exercises[id].misses.get(miss) if id in exercises else None
        says = filled(own.says) if own else engine.get(miss, miss)
        yield SeenMiss(id, " ".join(says.split()), count)


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


_HEAD = ("learner", "lesson", "exercise", "planned_minutes", "measured_minutes", "failed_checks", "passed")


def to_csv(timings: Timings) -> str:
    """One line for each learner and lesson, without an exercise, and one for each exercise that was checked.

    ``passed`` counts exercises.
    """
    planned = {row.lesson: row.planned for row in timings.rows}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for learner in timings.learners:
        name = _no_formula(learner.name)
        for lesson in dict.fromkeys([*learner.minutes, *timings.exercises.values()]):
            own = {id: found for id, found in learner.attempts.items() if timings.exercises.get(id) == lesson}
            failed = sum(each.failed for each in own.values())
            passed = sum(each.passed for each in own.values())
            if lesson in planned and lesson in learner.minutes:
                minutes = f"{learner.minutes[lesson]:.1f}"
                writer.writerow([name, lesson, "", planned[lesson], minutes, failed, passed])
            for id, each in own.items():
                writer.writerow([name, lesson, id, "", f"{each.minutes:.1f}", each.failed, int(each.passed)])
    return stream.getvalue()


def medians(path: Path) -> dict[str, float]:
    """The median of the measured minutes of each lesson, from what :func:`to_csv` has written.

    Empty if there is no such file.

    Raises:
        ValueError: the file is something else.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    measured: defaultdict[str, list[float]] = defaultdict(list)
    try:
        for row in csv.DictReader(io.StringIO(text, newline="")):
            if not row["exercise"]:
                measured[row["lesson"]].append(float(row["measured_minutes"]))
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"{path} is not what kit timings writes. Remove it, or run kit timings again."
        ) from None
    return {lesson: median for lesson, each in measured.items() if (median := statistics.median(each)) >= 1}


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
