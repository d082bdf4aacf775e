"""``hint`` and ``solution``: help in steps."""

import inspect
from dataclasses import dataclass
from html import escape
from typing import Any

from course.practice import _notebook
from course.practice._exercise import find_exercise
from course.practice._journal import journal
from course.practice.exercise_file import source_of
from course.practice.markup import inline, page, to_html, to_text
from course.practice.texts import HINTS, Lesson, exercise_text, lessons
from course.words import say


@dataclass(frozen=True)
class Hint:
    """One hint and where to go from it."""

    head: str
    text: str
    more: str

    def __repr__(self) -> str:
        return "\n".join(
            part for part in (self.head, to_text(self.text, "  "), to_text(self.more, "  ")) if part
        )

    def _repr_html_(self) -> str:
        return page(
            f'<section class="cp cp-hint"><p class="cp-head">{inline(self.head)}</p>'
            f'<div class="cp-message">{to_html(self.text)}</div>'
            f'<p class="cp-step">{inline(self.more)}</p></section>'
        )


def hint(id: str | None = None) -> Hint:
    """The next hint for the exercise ``id``, or for the one that was checked last. The third one stays.

    Raises:
        UnknownId: there is no such exercise.
    """
    id = id or _notebook.last_exercise()
    if id is None:
        some = next((known for lesson in lessons() for known in lesson.text.exercises), "…")
        which = say('There was no exercise yet in this session. Name one: `hint("{id}")`', id=some)
        return Hint("", which, "")
    _, text = exercise_text(id)
    _notebook.remember(id)
    number = min(HINTS, 1 + len({entry.number for entry in journal().entries("hint", id)}))
    journal().add("hint", id, number=number)
    return Hint(
        head=say("Hint {number} of {all}", number=number, all=HINTS),
        text=text.hints[number - 1],
        more=say('Another one: `hint("{id}")`', id=id) if number < HINTS else _last_hint(id),
    )


def _last_hint(id: str) -> str:
    return say('That was the last hint. The reference, if you want it: `solution("{id}", show=True)`', id=id)


def hints_left(id: str) -> bool:
    """Whether there is a hint for the exercise ``id`` that the learner has not read."""
    return len({entry.number for entry in journal().entries("hint", id)}) < HINTS


@dataclass(frozen=True)
class Solution:
    """The reference for an exercise beside the learner's own program."""

    head: str
    reference: str
    yours: str

    def __repr__(self) -> str:
        parts = [part for label, code in self._programs() for part in ("", f"--- {label} ---", code)]
        return "\n".join([self.head, *parts])

    def _repr_html_(self) -> str:
        columns = "".join(
            f'<div class="cp-column"><p class="cp-label">{escape(label)}</p>{_highlighted(code)}</div>'
            for label, code in self._programs()
        )
        return page(
            f'<section class="cp cp-solution"><p class="cp-head">{inline(self.head)}</p>'
            f'<div class="cp-columns">{columns}</div></section>'
        )

    def _programs(self) -> list[tuple[str, str]]:
        return [(say("Reference"), self.reference), (say("Yours"), self.yours)]


def solution(id: str, *, show: bool = False) -> Solution | Hint:
    """The reference for the exercise ``id``, beside the learner's own program.

    Before the exercise is passed it asks for confirmation, which ``show=True`` gives.

    Raises:
        UnknownId: there is no such exercise.
    """
    lesson, text = exercise_text(id)
    head = say("One way to do it: {title}", title=text.title)
    passed = any(entry.state == "passed" for entry in journal().entries("check", id))
    if not (passed or show):
        return Hint(head, _not_passed_yet(id), "")
    journal().add("solution", id)
    return Solution(head, reference(id, lesson), _own_program(find_exercise(id, lesson).wants))


def _not_passed_yet(id: str) -> str:
    return say(
        'You have not passed this exercise yet. Trying a little longer pays; `hint("{id}")` gives a push. '
        'To see the reference anyway: `solution("{id}", show=True)`',
        id=id,
    )


def reference(id: str, lesson: Lesson) -> str:
    """The course's own answer to the exercise ``id``."""
    return source_of(lesson.folder, id, "right_reference").strip()


def _own_program(names: tuple[str, ...]) -> str:
    """The source of the learner's objects of these names."""
    return "\n\n".join(_source(name, _notebook.namespace()) for name in names)


def _source(name: str, namespace: dict[str, Any]) -> str:
    if name not in namespace:
        return say("(`{name}` is not defined in this notebook.)", name=name)
    try:
        return inspect.getsource(namespace[name]).strip()
    except (TypeError, OSError, ValueError):
        return say("(The source of `{name}` cannot be read.)", name=name)


def _highlighted(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    html: str = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True, classprefix="cp-"))
    return f"<pre><code>{html}</code></pre>"
