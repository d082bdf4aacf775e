"""``progress``: what is done and what comes next. ``certificate``: that it is done. Both from the journal.

A certificate is made offline: an SVG that carries its own facts and a digest of them. The digest shows that
the facts were not changed by accident or by a light hand. It is not a signature: the course runs on the
learner's machine, and whoever wants to cheat can. ``verify`` does not look at what is drawn, so that the
words and the look may change from one version of the course to the next.
"""

import hashlib
import html
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from course.paths import workspace
from course.practice import _notebook
from course.practice._board import LessonProgress, Progress
from course.practice._journal import Entry, journal
from course.practice.markup import to_text
from course.practice.texts import Lesson, exercise_text, lesson, lessons, notebook_of
from course.words import language_tag, say


def progress(name: str | None = None) -> Progress:
    """How far the learner is, in every lesson or in the lesson ``name`` only.

    Raises:
        UnknownId: there is no such lesson.
    """
    entries = journal().entries()
    chosen = [lesson(name)] if name else lessons()
    found = tuple(_of(each, entries) for each in chosen)
    unread = tuple(said for each in chosen if (said := _notebook.title(each.name)[1]))
    for each, so_far in zip(chosen, found, strict=True):
        for id, text in each.text.exercises.items():
            if id not in so_far.passed:
                place = _notebook.place_of_exercise(id, each.name)
                return Progress(found, (id, text.title), unread, place)
    goals = _notebook.objectives(name) if name else ()
    return Progress(found, None, unread, goals=goals, next_lesson=_next_lesson(entries))


def _next_lesson(entries: list[Entry]) -> tuple[str, str] | None:
    """Title and file of the first lesson that is not finished."""
    every = (_of(each, entries) for each in lessons())
    return next(((each.title, each.notebook) for each in every if not each.finished), None)


def _of(found: Lesson, entries: list[Entry]) -> LessonProgress:
    done = {entry.id for entry in entries if entry.kind == "check" and entry.state == "passed"}
    right = {entry.id for entry in entries if entry.kind == "answer" and entry.right}
    exercises = tuple(found.text.exercises)
    questions = tuple(id for id, question in found.text.questions.items() if question.kind == "quiz")
    return LessonProgress(
        name=found.name,
        title=_notebook.title(found.name)[0],
        passed=tuple(id for id in exercises if id in done),
        exercises=exercises,
        right=tuple(id for id in questions if id in right),
        questions=questions,
        notebook=path.name if (path := notebook_of(found.name)) else "",
    )


# ---- the certificate -------------------------------------------------------------------------------------

_METADATA = re.compile(r"<metadata\b[^<>]*>([^<]*)</metadata>")
"""Not read as XML: a parser refuses a torn file, and a hostile file can make it expand endlessly."""
_LARGEST = 1_000_000
"""In bytes; a certificate has a few thousand."""
_NAME_LENGTH = 60


class NotYetEarned(Exception):
    """The last lesson has exercises that are not passed. The message names them."""


class NoCertificate(ValueError):
    """A file is not a certificate of this course, or its facts do not fit its digest."""


class _Lesson(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    passed: int
    exercises: int
    open: tuple[str, ...] = ()
    """The titles of the exercises that are not passed; certificates of an earlier course do not say them."""


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    points: tuple[str, ...]
    """What the task asks for, point by point; its check has seen each."""


class Facts(BaseModel):
    """What a certificate says: who, when, how far in each lesson, and what the last one has shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    day: date
    lessons: tuple[_Lesson, ...]
    shown: tuple[_Shown, ...] = ()
    """What the checks of the last lesson have seen."""

    @property
    def digest(self) -> str:
        """SHA-256 of the facts, the first 16 hexadecimal digits."""
        return _digest(self.model_dump(mode="json"))


@dataclass(frozen=True)
class Certificate:
    """A certificate; shown as a picture in a notebook."""

    facts: Facts
    path: Path
    unread: tuple[str, ...] = ()
    """What is wrong with notebooks whose titles cannot be read; their lessons appear under their names."""

    def __repr__(self) -> str:
        given = say(
            "Certificate for {name}, {day}, digest {digest}. Saved as certificate.svg in your workspace.",
            name=self.facts.name,
            day=self.facts.day,
            digest=self.facts.digest,
        )
        return "\n".join([given, *self.unread])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        return {"text/plain": repr(self), "text/html": _svg(self.facts)}


def certificate(name: str) -> Certificate:
    """Make a certificate for ``name`` and save it in the workspace.

    Raises:
        ValueError: there is no name, it is longer than 60 characters, or some of them cannot be printed.
        NotYetEarned: an exercise of the last lesson is not passed.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= _NAME_LENGTH or not name.isprintable():
        raise ValueError(
            say(
                'A certificate needs a name of 1 to {longest} printable characters: certificate("Ada '
                'Lovelace").',
                longest=_NAME_LENGTH,
            )
        )
    found = progress()
    done = found.lessons
    last = done[-1]
    if still := [id for id in last.exercises if id not in last.passed]:
        raise NotYetEarned(
            say(
                "Not yet: {lesson} has open exercises ({ids}). Pass them, then ask again.",
                lesson=last.title,
                ids=", ".join(still),
            )
        )
    days = [entry.at for entry in journal().entries("check") if entry.id in last.exercises]
    facts = Facts(
        name=name,
        day=max(days, default=datetime.now(UTC)).date(),
        lessons=tuple(map(_how_far, done)),
        shown=tuple(
            _Shown(title=text.title, points=tuple(text.promises.values()))
            for id in last.exercises
            if (text := exercise_text(id)[1]).promises
        ),
    )
    path = workspace() / "certificate.svg"
    path.write_text(_svg(facts), "utf-8")
    return Certificate(facts, path, found.unread)


def _how_far(found: LessonProgress) -> _Lesson:
    still = [id for id in found.exercises if id not in found.passed]
    return _Lesson(
        title=found.title,
        passed=len(found.passed),
        exercises=len(found.exercises),
        open=tuple(exercise_text(id)[1].title for id in still),
    )


def verify(path: Path) -> Facts:
    """Read the facts of a certificate and check them against its digest.

    Raises:
        NoCertificate: the file is not a certificate, or it was changed.
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        content = stream.read(_LARGEST + 1)
    found = _METADATA.search(content.decode("utf-8", "replace")) if len(content) <= _LARGEST else None
    if not found:
        raise _no_certificate(path)
    try:
        said = json.loads(html.unescape(found[1]))
        facts, unchanged = Facts.model_validate(said["facts"]), said["digest"] == _digest(said["facts"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _no_certificate(path) from None
    if not unchanged:
        raise NoCertificate(
            say(
                "{file} was changed: the facts in it do not fit their digest. Ask for the file as the "
                "course made it.",
                file=path.name,
            )
        )
    return facts


def _no_certificate(path: Path) -> NoCertificate:
    return NoCertificate(say("{file} is not a certificate of this course.", file=path.name))


def _digest(facts: Any) -> str:
    """Taken over the stored data, not over what a later version of the course reads from them."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def certified(facts: Facts) -> list[str]:
    """What a certificate says besides name and day, line by line; no line is longer than a page is wide."""
    said = []
    for each in facts.lessons:
        said.append(
            say(
                "{title}: {passed} of {all} exercises",
                title=each.title,
                passed=each.passed,
                all=each.exercises,
            )
        )
        if each.open:
            still = say("Not passed: {titles}", titles=" · ".join(each.open))
            said += to_text(still, "    ").splitlines()
    for shown in facts.shown:
        said.append(say("What the check of “{title}” has seen:", title=shown.title))
        for point in shown.points:
            first, *rest = to_text(re.sub("[`*]", "", point)).splitlines()
            said += [f"- {first}", *(f"  {line}" for line in rest)]
    return said


_FONTS = "Georgia, 'Songti SC', SimSun, 'Noto Serif CJK SC', serif"


def _svg(facts: Facts) -> str:
    content = json.dumps({"facts": facts.model_dump(mode="json"), "digest": facts.digest}, ensure_ascii=False)
    said = certified(facts)
    rows = "".join(
        f'<text x="{56 + 6 * (len(line) - len(line.lstrip()))}" y="{218 + 19 * n}" font-size="12.5">'
        f"{html.escape(line.strip())}</text>"
        for n, line in enumerate(said)
    )
    height = 286 + 19 * len(said)
    course = html.escape(say("AFTER THE RESPONSE"))
    title = html.escape(say("Certificate for {name}", name=facts.name))
    did = html.escape(say("What the checks of this course have seen, on the learner's own computer"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" width="720" height="{height}" '
        f'role="img" xml:lang="{language_tag()}" font-family="{_FONTS}" fill="#1b2733"><title>{title}</title>'
        f"<metadata>{html.escape(content)}</metadata>"
        f'<rect width="720" height="{height}" rx="14" fill="#fdfcf8"/>'
        f'<rect x="14" y="14" width="692" height="{height - 28}" rx="8" fill="none" stroke="#00694f" '
        f'stroke-width="2"/>'
        f'<text x="360" y="72" text-anchor="middle" font-size="18" letter-spacing="3">'
        f"{course}</text>"
        f'<text x="360" y="128" text-anchor="middle" font-size="34">{html.escape(facts.name)}</text>'
        f'<path d="M200 148h320" stroke="#1b2733" stroke-opacity=".35"/>'
        f'<text x="360" y="180" text-anchor="middle" font-size="16">'
        f"{did}</text>"
        f"{rows}"
        f'<text x="40" y="{height - 36}" font-size="13">{facts.day.isoformat()}</text>'
        f'<text x="680" y="{height - 36}" font-size="13" text-anchor="end" font-family="monospace">'
        f"{facts.digest}</text></svg>\n"
    )
