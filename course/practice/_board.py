"""How far a learner is, drawn as a board of the lessons, with the next step."""

from dataclasses import dataclass

from course.practice.markup import inline, page, to_text
from course.words import say

_DONE, _OPEN = "●", "○"


@dataclass(frozen=True)
class LessonProgress:
    """How far a learner is in one lesson."""

    name: str
    title: str
    passed: tuple[str, ...]
    exercises: tuple[str, ...]
    right: tuple[str, ...]
    questions: tuple[str, ...]
    notebook: str = ""
    """The name of its file; empty when there is none."""

    @property
    def finished(self) -> bool:
        """Whether every exercise is passed."""
        return len(self.passed) == len(self.exercises)

    @property
    def begun(self) -> bool:
        """Whether anything in it is done."""
        return bool(self.passed or self.right)


@dataclass(frozen=True)
class Progress:
    """How far a learner is, lesson by lesson, and where to go on."""

    lessons: tuple[LessonProgress, ...]
    next: tuple[str, str] | None
    """Id and title of the exercise to go on with."""
    unread: tuple[str, ...] = ()
    """What is wrong with notebooks whose titles cannot be read."""
    place: str = ""
    """Where that exercise begins: a notebook's file and a cell."""
    goals: tuple[str, ...] = ()
    """What the learner can do now, if it is about one lesson and that is finished."""
    next_lesson: tuple[str, str] | None = None
    """Title and file of the lesson to go on with, then."""

    def __str__(self) -> str:
        if not self.lessons:
            return say("There is no lesson to report on.")
        lines = [_line(each) for each in self.lessons]
        if self.goals:
            lines += [_now(), *(f"- {goal}" for goal in self.goals)]
        return "\n".join([*lines, to_text(self._next()), *self.unread])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        html = f'<section class="cp cp-progress">{self._as_html()}</section>'
        return page(html) if any(each.begun for each in self.lessons) else html

    def _as_html(self) -> str:
        if self.goals:
            head = say("Lesson finished: {title}", title=self.lessons[0].title)
            goals = "".join(f"<li>{inline(goal)}</li>" for goal in self.goals)
            said = f"<p>{inline(_now())}</p><ul>{goals}</ul>"
        else:
            head, said = say("Your progress"), ""
        cards = "".join(self._card(each) for each in self.lessons)
        unread = "".join(f"<p>{inline(each)}</p>" for each in self.unread)
        return (
            f'<p class="cp-head"><strong>{inline(head)}</strong></p>{said}<ol class="cp-board">{cards}</ol>'
            f'<p class="cp-next"><strong>{inline(self._next())}</strong></p>{unread}'
        )

    def _card(self, lesson: LessonProgress) -> str:
        here = self.next is not None and self.next[0] in lesson.exercises
        kind = "cp-finished" if lesson.finished else "cp-here" if here else "cp-ahead"
        title = f"[{lesson.title}]({lesson.notebook})" if lesson.notebook else lesson.title
        exercises = say("{done} of {all} exercises", done=len(lesson.passed), all=len(lesson.exercises))
        questions = say("{done} of {all} questions", done=len(lesson.right), all=len(lesson.questions))
        return (
            f'<li class="cp-card {kind}"><strong>{inline(title)}</strong><br>'
            f"{_dots(lesson.passed, lesson.exercises)}{exercises}<br>"
            f"{_dots(lesson.right, lesson.questions)}{questions}</li>"
        )

    def _next(self) -> str:
        if self.next is not None:
            id, title = self.next
            link = f"[{title}]({self.place})" if self.place else title
            return say("Next: {title} (`{id}`)", title=link, id=id)
        if self.next_lesson is not None:
            title, notebook = self.next_lesson
            return say("Next lesson: {title}", title=f"[{title}]({notebook})" if notebook else title)
        return say("Every exercise is passed.")


def _now() -> str:
    return say("You can now")


def _line(lesson: LessonProgress) -> str:
    return say(
        "{lesson}: exercises {passed} of {exercises} passed, questions {right} of {questions} right",
        lesson=lesson.title,
        passed=len(lesson.passed),
        exercises=len(lesson.exercises),
        right=len(lesson.right),
        questions=len(lesson.questions),
    )


def _dots(done: tuple[str, ...], every: tuple[str, ...]) -> str:
    dots = "".join(_DONE if id in done else _OPEN for id in every)
    return f'<span class="cp-dots" aria-hidden="true">{dots}</span> ' if dots else ""
