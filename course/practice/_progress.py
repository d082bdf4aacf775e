"""``progress``: what is done and what comes next, from the journal."""

from dataclasses import dataclass
from html import escape

from course.practice import _notebook
from course.practice._journal import Entry, journal
from course.practice.markup import inline
from course.practice.texts import Lesson, lesson, lessons, say

_CELL = 'style="text-align: left"'


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner is in one lesson."""

    name: str
    title: str
    passed: tuple[str, ...]
    exercises: tuple[str, ...]
    right: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How far a learner is, lesson by lesson, and the exercise to go on with."""

    lessons: tuple[LessonProgress, ...]
    next: tuple[str, str] | None
    """Id and title."""
    unread: tuple[str, ...] = ()
    """What is wrong with notebooks whose titles cannot be read."""

    def __str__(self) -> str:
        if not self.lessons:
            return say("progress.none")
        lines = [
            say(
                "progress.lesson",
                lesson=each.title,
                passed=len(each.passed),
                exercises=len(each.exercises),
                right=len(each.right),
                questions=len(each.questions),
            )
            for each in self.lessons
        ]
        return "\n".join([*lines, self._next(), *self.unread])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = f"<p><strong>{escape(say('progress.head'))}</strong></p>"
        rows = "".join(
            f'<tr><th scope="row" {_CELL}>{escape(each.title)}</th>'
            f"<td {_CELL}>{_meter(len(each.passed), len(each.exercises))}</td>"
            f"<td {_CELL}>{_meter(len(each.right), len(each.questions))}</td></tr>"
            for each in self.lessons
        )
        heads = ("", say("progress.exercises"), say("progress.questions"))
        columns = "".join(f'<th scope="col" {_CELL}>{escape(each)}</th>' for each in heads)
        table = f"<table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>"
        unread = "".join(f"<p>{escape(each)}</p>" for each in self.unread)
        return f'<section class="cp cp-progress">{head}{table}<p>{inline(self._next())}</p>{unread}</section>'

    def _next(self) -> str:
        if self.next is None:
            return say("progress.done")
        id, title = self.next
        return say("progress.next", id=id, title=title)


def progress(name: str | None = None) -> Progress:
    """How far the learner is, in every lesson or in the lesson ``name`` only.

    Raises:
        UnknownId: there is no such lesson.
    """
    entries = journal().entries()
    chosen = [lesson(name)] if name else lessons()
    found = tuple(_of(each, entries) for each in chosen)
    titles = {id: text.title for each in chosen for id, text in each.text.exercises.items()}
    open_ones = [id for each in found for id in each.exercises if id not in each.passed]
    unread = tuple(said for each in chosen if (said := _notebook.title(each.name)[1]))
    return Progress(found, (open_ones[0], titles[open_ones[0]]) if open_ones else None, unread)


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
    )


def _meter(done: int, of: int) -> str:
    """So many of so many, as words and as a bar that says the same."""
    words = escape(say("progress.of", done=done, all=of))
    return f'<meter min="0" max="{of or 1}" value="{done}" aria-hidden="true"></meter> {words}'
