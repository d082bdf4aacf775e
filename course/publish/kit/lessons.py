"""The lessons as an instructor sees them: minutes, parts, pictures, predictions, wrong ideas."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from string import Formatter

from nbformat import NotebookNode

from course.notebook import (
    Unreadable,
    called_name,
    course_metadata,
    headings,
    headings_in,
    only_call,
    read,
    title,
)
from course.practice.texts import ExerciseText, Question, engine_misses, misconception_text
from course.publish._normal import NotebookInfo
from course.words import languages

_MAY_WAIT = ("Stretch", "Further")
"""A part whose English heading begins with one of these can be left for home."""

_FENCED = re.compile(r"```python\n(.*?)\n```", re.DOTALL)
_PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class TaughtLesson:
    """One lesson's notebook, read."""

    path: Path
    nb: NotebookNode

    @cached_property
    def info(self) -> NotebookInfo:
        """What the notebook says about itself."""
        return NotebookInfo.model_validate(course_metadata(self.nb))

    @cached_property
    def title(self) -> str:
        """Number and name, as in ``01 · After the response``."""
        return title(self.nb)

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @cached_property
    def headings(self) -> dict[str, str]:
        """For each cell's id the heading that it stands under; its own if it begins with one."""
        return headings(self.nb)

    @cached_property
    def _english(self) -> dict[str, str]:
        """For each cell's id its English text: what a part is for is told by English words alone."""
        original = self.path.parent.parent / self.path.name
        is_translated = self.path.parent.name in languages() and original.is_file()
        nb = read(original) if is_translated else self.nb
        return {cell.id: cell.source for cell in nb.cells}

    def in_english(self, cell: NotebookNode) -> str:
        """The text of a cell in English: block by block the same as in the language of this notebook."""
        return self._english.get(cell.id, str(cell.source))

    @cached_property
    def may_wait(self) -> dict[str, float]:
        """The parts that can be left for home: for each heading its share of the lesson's minutes.

        Programs that are shown share the minutes of teaching, exercises those of practice.
        """
        teach, practise = self.info.teach_minutes, self.info.practise_minutes
        parts: dict[str, float] = {}
        for cell in self.nb.cells:
            if cell.cell_type == "markdown":
                both = zip(headings_in(cell.source), headings_in(self.in_english(cell)), strict=False)
                parts |= {words: 0.0 for (_, words), (_, told) in both if told.startswith(_MAY_WAIT)}
            if (heading := self.headings[cell.id]) in parts:
                seen = _shows_a_program(cell) * teach / max(1, sum(map(_shows_a_program, self.nb.cells)))
                done = ("exercise" in course_metadata(cell)) * practise / max(1, self.exercises)
                parts[heading] += (seen + done) / max(1, teach + practise)
        return parts

    @cached_property
    def exercises(self) -> int:
        """How many exercises it has."""
        return sum("exercise" in course_metadata(cell) for cell in self.nb.cells)

    @cached_property
    def quiz_questions(self) -> int:
        """How many questions its quizzes have."""
        return sum(len(asked(cell, "quiz")) for cell in self.nb.cells)


def _shows_a_program(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and called_name(cell) is None and "exercise" not in course_metadata(cell)


def pictures(cell: NotebookNode) -> list[str]:
    """The pictures that a cell's run has drawn, as SVG."""
    if cell.cell_type != "code":
        return []
    faces = [
        output.data.get("image/svg+xml") or output.data.get("text/html", "")
        for output in cell.outputs
        if "data" in output
    ]
    return [svg for face in faces for svg in _PICTURE.findall(face)]


def program(cell: NotebookNode) -> str:
    """The program that a cell shows: the source that its run displays, else its own text."""
    shown = _FENCED.findall("\n".join(_of_kind(cell, "text/markdown")))
    return "\n\n".join(shown) if shown else str(cell.source)


def printed(cell: NotebookNode) -> list[str]:
    """What the run of a cell has printed or returned as text, without pictures and displayed sources."""
    said = [output.text for output in cell.outputs if output.output_type == "stream"]
    said += [f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error"]
    for output in cell.outputs:
        data = output.get("data", {})
        if set(data) == {"text/plain"}:
            said.append(data["text/plain"])
    return [text.rstrip() for text in said if text.strip()]


def _of_kind(cell: NotebookNode, kind: str) -> list[str]:
    outputs = cell.outputs if cell.cell_type == "code" else []
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def asked(cell: NotebookNode, *functions: str) -> list[str]:
    """The ids of the questions that a cell asks by one call of one of these ``functions``."""
    call = only_call(cell)
    if call is None or called_name(cell) not in functions:
        return []
    constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return [each for each in constants if isinstance(each, str)]


def read_lessons(folder: Path, numbers: Collection[int] | None = None) -> list[TaughtLesson]:
    """The lessons in ``folder`` by number; only those of ``numbers`` when given.

    A notebook that cannot be read is left out; :func:`course.notebook.unreadable` says which, and why.

    Raises:
        LookupError: there is no lesson of a wanted number. The message names those that there are.
    """
    every = {lesson.info.number: lesson for lesson in _read_all(folder)}
    wanted = sorted(every if numbers is None else numbers)
    if missing := [number for number in wanted if number not in every]:
        names = ", ".join(f"{number:02d}" for number in sorted(every))
        raise LookupError(
            f"There is no lesson {missing[0]:02d} in {folder.name}. There are: {names or 'none'}."
        )
    return [every[number] for number in wanted]


def _read_all(folder: Path) -> Iterable[TaughtLesson]:
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(Unreadable):
            yield TaughtLesson(path, read(path))


# ---- wrong ideas -----------------------------------------------------------------------------------------

Headings = Mapping[str, Mapping[str, str]]
"""For each lesson's name: the heading that each cell stands under."""


@dataclass(frozen=True)
class Idea:
    """A wrong idea: what shows it, the belief, the cure; the last two may be empty. All are markup."""

    seen: str
    belief: str
    cure: str


def ideas_of_exercise(exercise: ExerciseText, headings: Headings) -> list[Idea]:
    """What the exercise's check can say, and the wrong idea behind each message."""
    return [
        Idea(filled(miss.says), *belief_and_cure(miss.misconception, headings))
        for miss in exercise.misses.values()
    ]


def ideas_of_question(question: Question, headings: Headings) -> list[Idea]:
    """The wrong options of a question, and the idea of a learner who chooses them."""
    return [
        Idea(
            f"{letter}) {option.text} *{option.why}*",
            *belief_and_cure(option.misconception, headings),
        )
        for letter, option in question.lettered
        if not option.right
    ]


def belief_and_cure(id: str | None, headings: Headings) -> tuple[str, str]:
    """A misconception in words, and the heading under which it is cured; empty if there is none."""
    found = misconception_text(id) if id else None
    if found is None:
        return "", ""
    lesson, idea = found
    of_lesson = headings.get(lesson.name, {})
    heading = of_lesson.get(idea.cure, "")
    title = next(iter(of_lesson.values()), "")
    return idea.belief, f"“{heading}” in {title}" if heading else ""


def filled(template: str) -> str:
    """A message with its fields shown as ``‹name›``: what the check fills in is not known yet."""
    return "".join(
        text + (f"‹{name}›" if name is not None else "") for text, name, _, _ in Formatter().parse(template)
    )


def every_miss() -> dict[str, str]:
    """What every check can say, whatever the exercise, with fields shown."""
    return {name: filled(text) for name, text in engine_misses().items()}
