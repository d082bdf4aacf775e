"""The editions of a lesson: the student's without answers, the instructor's with answers and notes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import nbformat.v4 as new
from nbconvert.exporters import Exporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from course.notebook import called_name, checked_exercise, course_metadata
from course.paths import ROOT
from course.practice.exercise_file import exercises_in, source_of
from course.practice.texts import LessonText, Question
from course.publish._normal import normalise, solve
from course.publish.kit.lessons import Idea, TaughtLesson, asked, ideas_of_exercise, ideas_of_question

CONTENT = ROOT / "course" / "lessons"

# ---- the student's edition -------------------------------------------------------------------------


@dataclass(frozen=True)
class ReferenceAnswer:
    """The reference of one exercise, and the lines of it that the starter does not have."""

    exercise: str
    starter: str
    telling: tuple[str, ...]


def answers(lesson: str, *, content: Path = CONTENT) -> dict[str, ReferenceAnswer]:
    """The reference answers of a lesson by the id of their exercise."""
    found = {}
    for exercise in exercises_in(content / lesson):
        starter = source_of(content / lesson, exercise, "starter").rstrip("\n")
        reference = source_of(content / lesson, exercise, "right_reference")
        given = set(_lines(starter))
        lines = [line for line in _lines(reference) if line not in given]
        found[exercise] = ReferenceAnswer(exercise, starter, tuple(lines))
    return found


class _Strip(Preprocessor):
    """Removes one thing from a notebook that a learner must not get."""

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        """Take it out of a cell. ``resources["answers"]`` are the lesson's by the id of their exercise."""
        del index
        self.strip(cell, resources["answers"])
        return cell, resources

    def strip(self, cell: NotebookNode, known: Mapping[str, ReferenceAnswer]) -> None:
        """Take it out of a cell, in place."""


class _InstructorCells(_Strip):
    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells = [cell for cell in nb.cells if "edition" not in course_metadata(cell)]
        return nb, resources


class _Sources(_Strip):
    def strip(self, cell: NotebookNode, known: Mapping[str, ReferenceAnswer]) -> None:
        if answer := known.get(course_metadata(cell).get("exercise", "")):
            cell.source = answer.starter


class _Outputs(_Strip):
    def strip(self, cell: NotebookNode, _: Mapping[str, ReferenceAnswer]) -> None:
        if cell.cell_type == "code" and (
            "exercise" in course_metadata(cell) or called_name(cell) == "solution"
        ):
            cell.outputs = []


class _Notes(_Strip):
    def strip(self, cell: NotebookNode, _: Mapping[str, ReferenceAnswer]) -> None:
        cell.metadata.get("course", {}).pop("note", None)


class _OtherMetadata(_Strip):
    """Not nbconvert's ClearMetadataPreprocessor, which looks at code cells only."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb = normalise(nb)
        for node in (nb, *nb.cells):
            kept = {key: said for key, said in course_metadata(node).items() if key in _STUDENT_METADATA}
            node.metadata.pop("course", None)
            if kept:
                node.metadata["course"] = kept
        return nb, resources


class _Attachments(_Strip):
    def strip(self, cell: NotebookNode, _: Mapping[str, ReferenceAnswer]) -> None:
        cell.pop("attachments", None)


_STUDENT_METADATA = frozenset(
    {
        *("lesson", "number", "teach_minutes", "practise_minutes", "objectives", "drawn"),
        *("exercise", "facts", "note"),  # notes have a stripper of their own
    }
)

STRIPPERS: dict[str, type[_Strip]] = {
    "cells for the instructor": _InstructorCells,
    "sources of exercises": _Sources,
    "outputs of exercises": _Outputs,
    "notes": _Notes,
    "other metadata": _OtherMetadata,
    "attachments": _Attachments,
}
"""What makes a student's edition out of any edition. A test switches each off, to prove that it is needed."""


def student(
    nb: NotebookNode, *, content: Path = CONTENT, without: Collection[str] = frozenset()
) -> NotebookNode:
    """A copy of ``nb`` as a learner gets it: starters, no answers, no notes, nothing hidden in metadata.

    ``nb`` may be any edition. ``without`` names strippers that are left out, which only a test does.
    """
    chosen = [strip for name, strip in STRIPPERS.items() if name not in without]
    exporter = Exporter(default_preprocessors=[], preprocessors=chosen)
    known = answers(str(course_metadata(nb).get("lesson")), content=content)
    result, _ = exporter.from_notebook_node(nb, {"answers": known})
    return result


# ---- the gate ----------------------------------------------------------------------------------------

WORKED_EXAMPLES = {"after.welcome": "deferred-app", "order.one-task": "chain-app"}
"""Faded exercises, and the cell right before them that shows their few lines in another place: no leak."""


def leaks(nb: NotebookNode, known: Mapping[str, ReferenceAnswer]) -> list[str]:
    """The exercises whose reference answer stands anywhere in ``nb``: source, output, metadata, attachment.

    A place is one cell or the notebook's metadata; an answer is there when every line of it that the
    starter does not have is there, in any order, highlighted, escaped or encoded.
    """
    places = [("", nb.metadata), *((cell.get("id", ""), cell) for cell in nb.cells)]
    said = [(name, set(_lines("\n".join(_texts(place))))) for name, place in places]
    return [
        exercise
        for exercise, answer in known.items()
        if answer.telling
        and any(
            lines.issuperset(answer.telling) for name, lines in said if WORKED_EXAMPLES.get(exercise) != name
        )
    ]


def leaks_in_page(html: str, known: Mapping[str, ReferenceAnswer]) -> list[str]:
    """The exercises whose reference answer stands in a page: its lines, close together."""
    lines = _lines(_plain(html))
    return [
        exercise
        for exercise, answer in known.items()
        if answer.telling and exercise not in WORKED_EXAMPLES and _close_together(answer.telling, lines)
    ]


def _close_together(telling: Sequence[str], lines: Sequence[str]) -> bool:
    reach = 2 * len(telling) + 20
    return any(
        set(lines[max(0, at - reach) : at + reach]).issuperset(telling)
        for at, line in enumerate(lines)
        if line == telling[0]
    )


def _lines(text: str) -> list[str]:
    """The lines of a program that say something: no blank ones, no comments, no indentation."""
    lines = (" ".join(line.partition("  # ")[0].split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _texts(node: Any) -> Iterator[str]:
    """Every text in ``node``, as it is, without markup, and decoded where it is encoded."""
    if isinstance(node, str):
        yield node
        if "<" in node or "&" in node:
            yield _plain(node)
        if "\\n" in node:
            yield node.replace("\\n", "\n").replace('\\"', '"')
        yield from _decoded(node)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(node, list):
        if node and all(isinstance(each, str) for each in node):
            yield "".join(node)
        for each in node:
            yield from _texts(each)


def _plain(html: str) -> str:
    html = re.sub(r"(?i)<br\s*/?>|</(?:p|div|pre|li|tr|h\d)>", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", html))


def _decoded(text: str) -> Iterator[str]:
    if len(text) > 40 and re.fullmatch(r"[A-Za-z0-9+/=\s]+", text):
        try:
            yield base64.b64decode(text).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return


# ---- the instructor's edition ------------------------------------------------------------------------


def instructor(
    lesson: TaughtLesson, texts: LessonText, headings: Mapping[str, Mapping[str, str]]
) -> NotebookNode:
    """A copy of the lesson with every reference answer and what an instructor needs beside it.

    ``headings`` are those of every lesson's cells, by the lesson's name: where a wrong idea is cured.
    """
    result = solve(lesson.nb)
    cells: list[NotebookNode] = []
    for cell in result.cells:
        if "exercise" in course_metadata(cell) or checked_exercise(cell):
            cell.outputs, cell.execution_count = [], None  # they were those of the starter
        cells.append(cell)
        cells += [
            new.new_markdown_cell(text, id=f"{cell.id[:50]}-edition-{number}", metadata=_INSTRUCTOR)
            for number, text in enumerate(_beside(cell, texts, headings), 1)
        ]
    result.cells = cells
    return result


_INSTRUCTOR = {"course": {"edition": "instructor"}}


def _beside(
    cell: NotebookNode, texts: LessonText, headings: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """What stands behind a cell in the instructor's edition, as markdown."""
    course = course_metadata(cell)
    if note := course.get("note"):
        yield _quoted(f"**Note.** {note}")
    if name := course.get("exercise"):
        ideas = ideas_of_exercise(texts.exercises[name], headings)
        title = texts.exercises[name].title
        head = f"**For the instructor: {title}.** Above is our answer. What may come instead:"
        yield _quoted(head) + _table(ideas)
    for name in asked(cell, "predict", "quiz"):
        yield _question(texts.questions[name], headings)


def _question(question: Question, headings: Mapping[str, Mapping[str, str]]) -> str:
    right = "\n".join(
        f"**{letter} is right:** {option.text} *{option.why}*"
        for letter, option in question.lettered
        if option.right
    )
    head = f"**For the instructor.** {' '.join(question.ask.split())}"
    return _quoted(f"{head}\n\n{right}") + _table(ideas_of_question(question, headings))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _table(ideas: list[Idea]) -> str:
    if not ideas:
        return ""
    head = "| what you see | what is believed | what cures it |\n|---|---|---|"
    rows = [f"| {_cell(idea.seen)} | {_cell(idea.belief)} | {_cell(idea.cure)} |" for idea in ideas]
    return "\n\n" + "\n".join([head, *rows])


def _cell(text: str) -> str:
    text = re.sub(
        r"```\w*\n(.*?)```",
        lambda code: " ".join(f"`{line}`" for line in code[1].split("\n") if line),
        text,
        flags=re.DOTALL,
    )
    return " ".join(text.split()).replace("|", "\\|")
