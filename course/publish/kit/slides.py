"""The talk of a lesson: what is asked about, the vote, what happens and why; exercises; the key points.

A deck is a notebook; nbconvert turns it into a reveal.js page that needs nothing but the files beside it.
Cells tagged ``slide`` are in it. The programs that a prediction is about, the exercises, and cells with
a note are in it without a tag.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat.v4 as new
from nbconvert.exporters.slides import SlidesExporter
from nbformat import NotebookNode

from course.notebook import called_name, course_metadata, tags, unfolded
from course.practice import lesson as texts_of
from course.practice.markup import to_html
from course.practice.texts import LessonText, Question
from course.publish.kit._html import code_colours, templates
from course.publish.kit.lessons import (
    TaughtLesson,
    asked,
    belief_and_cure,
    pictures,
    printed,
    program,
)
from course.words import ENGLISH, language_tag

_HERE = Path(__file__).parent
_BESIDE = ("reveal.js", "reveal.css", "notes.js", "LICENSE")
_LEFT_OUT = re.compile(r"^\*?(?:Sources?|Next):", re.MULTILINE)
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")
_FLAT = 0.29
"""A picture that is flatter than this (its height by its width) stands above the words that explain it."""
_HIGH = 451
"""A picture that is higher than this, in its own units, has two slides: made smaller, its words could not be
read.
"""
_ROWS, _COLUMNS = 19, 90
"""Rows and letters of code on one slide that the last row of a room can read."""
_LETTERS, _VOTE_ROWS = 66, 10.5
"""Letters in a row of the slide of a vote, and its rows beside heading and badge."""
_FEW_ROWS = 9
"""Rows of what a program has printed that stand above the words about it."""
_MANY_LETTERS = 500
"""Letters of words that leave no room on their slide for what a program has printed."""
_LEAST_MINUTES = 3
_NO_PROGRAMS = ("predict", "compare", "quiz", "check", "solution", "hint", "warm_up", "progress", "doctor")
"""Cells that call one of these are about the course, not about its subject."""


def deck(lesson: TaughtLesson) -> NotebookNode:
    """The slides of a lesson as a notebook, one cell (and perhaps its speaker's notes) for each slide."""
    cells = [cell for slide in _Talk(lesson).slides() for cell in slide]
    language = str(course_metadata(lesson.nb).get("language", ENGLISH))
    about = {"title": lesson.title, "lang": language_tag(language)}
    made: NotebookNode = new.new_notebook(cells=cells, metadata=about)
    return made


def to_html_page(lesson: TaughtLesson) -> str:
    """The slides of a lesson as a page; it needs :func:`write_beside` in its folder."""
    text, _ = _exporter().from_notebook_node(deck(lesson))
    return str(text)


@cache
def _exporter() -> SlidesExporter:
    return SlidesExporter(
        template_name="course_slides",
        extra_template_basedirs=[str(_HERE / "templates")],
        exclude_anchor_links=True,
    )


def write_beside(folder: Path) -> None:
    """Put what all decks share into ``folder``: reveal.js with its licence, and their look."""
    (folder / "reveal").mkdir(parents=True, exist_ok=True)
    for name in _BESIDE:
        shutil.copyfile(_HERE / "reveal" / name, folder / "reveal" / name)
    look = (_HERE / "slides.css").read_text(encoding="utf-8") + code_colours() + "\n"
    (folder / "slides.css").write_text(look, encoding="utf-8", newline="\n")


# ---- from cells to slides ----------------------------------------------------------------------------

Slide = list[NotebookNode]
"""The cells of one slide: what is shown, and perhaps what the speaker reads."""


@dataclass
class _Open:
    """A prediction whose answer has not been shown yet, and what its run has drawn and printed."""

    heading: str
    questions: list[Question]
    drawn: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


class _Talk:
    """A lesson while its slides are made."""

    def __init__(self, lesson: TaughtLesson) -> None:
        self.lesson = lesson
        self.cells: list[NotebookNode] = lesson.nb.cells
        self.text: LessonText = texts_of(lesson.info.lesson).text
        self.open: _Open | None = None
        self.noted: set[str] = set()  # cells whose note is on a slide

    def slides(self) -> Iterator[Slide]:
        """All slides, in order."""
        question = self.cells[0].source.split("\n\n")[1]
        yield _slide(_face("opening", self.lesson, question), self._note(self.cells[0]))
        for at, cell in enumerate(self.cells[1:], 1):
            if cell.cell_type == "markdown":
                yield from self._of_words(at, cell)
            elif cell.cell_type == "code":
                yield from self._of_code(at, cell)
        yield from self._answer()

    def _of_words(self, at: int, cell: NotebookNode) -> Iterator[Slide]:
        heading = self.lesson.headings[cell.id]
        own, task = _parts(key_points(self.lesson, cell), sets_exercise=self._sets_exercise(at))
        noted = bool(course_metadata(cell).get("note")) and cell.id not in self.noted and not task
        if own and ("slide" in tags(cell) or noted):
            yield from self._answer()
            yield from self._run_before(at, heading)
            said = self._printed_before(at)
            if said and ("\n|" in own or len(own) > _MANY_LETTERS):  # too much for one slide
                yield _slide(_face("output", heading, said))
                said = ""
            yield _slide(_words(own, heading, said), self._note(cell))
        if task:
            yield from self._answer()
            yield _slide(
                _face("exercise", *_heading_and_text(task, heading), self._minutes()), self._note(cell)
            )

    def _of_code(self, at: int, cell: NotebookNode) -> Iterator[Slide]:
        heading = self.lesson.headings[cell.id]
        if found := asked(cell, "predict", "quiz"):
            if "slide" in tags(cell):
                yield from self._answer()
                yield from self._asked(at, heading, [self.text.questions[name] for name in found])
            return
        if called_name(cell) == "compare" or (self.open and self.open.heading != heading):
            yield from self._answer()
        if self.open:
            self.open.drawn += pictures(cell) if "slide" in tags(cell) else []
            self.open.printed += printed(cell)
        elif "slide" in tags(cell):
            for picture in pictures(cell):
                yield from _drawn(heading, picture, self._note(cell))

    # a prediction

    def _asked(self, at: int, heading: str, questions: list[Question]) -> Iterator[Slide]:
        note = self._note_of_answer(at)
        codes = list(_on_slides(map(program, self._about(at))))
        beside = (
            codes.pop() if codes and len(questions) == 1 and _fits_beside(codes[-1], questions[0]) else ""
        )
        for code in codes:
            yield _slide(_face("program", heading, code), note)
        for question in questions:
            told = [note, *_answer_for_the_speaker(question)]
            face = _face("prediction", heading, question, beside)
            yield _slide(face, "\n\n".join(filter(None, told)))
        self.open = _Open(heading, questions)

    def _about(self, at: int) -> list[NotebookNode]:
        """The programs that a prediction is about: those before it that have not run, and its run."""
        before: list[NotebookNode] = []
        for cell in reversed(self.cells[:at]):
            if cell.cell_type == "markdown" and _begins_a_part(cell):
                break
            if cell.cell_type == "code":
                if _is_no_program(cell) or pictures(cell) or (before and printed(cell)):
                    break
                before.insert(0, cell)
        behind: list[NotebookNode] = []
        for cell in self.cells[at + 1 :]:
            if _is_no_program(cell) or (cell.cell_type == "markdown" and _begins_a_part(cell)):
                break
            if cell.cell_type == "code":
                behind.append(cell)
        return before + behind

    def _note_of_answer(self, at: int) -> str:
        """The note of the cell that explains the answer, which the speaker needs before it."""
        compared = False
        for cell in self.cells[at + 1 :]:
            if asked(cell, "predict"):
                break
            compared = compared or called_name(cell) == "compare"
            if compared and cell.cell_type == "markdown":
                return self._note(cell)
        return ""

    def _answer(self) -> Iterator[Slide]:
        """What happens and why, when a prediction is open."""
        if self.open is None:
            return
        was, self.open = self.open, None
        flat = len(was.drawn) == 1 and len(was.questions) == 1 and height_by_width(was.drawn[0]) < _FLAT
        if not flat:
            for picture in was.drawn:
                yield from _drawn(was.heading, picture)
        said = [] if was.drawn else was.printed
        if sum(map(_rows, said)) > _FEW_ROWS:
            for text in _on_slides(said):
                yield _slide(_face("output", was.heading, text))
            said = []
        for number, question in enumerate(was.questions):
            shown = was.drawn[0] if flat else ""
            yield _slide(_face("truth", was.heading, question, shown, "" if number else "\n".join(said)))

    # beside predictions

    def _run_before(self, at: int, heading: str) -> Iterator[Slide]:
        """The program whose output stands above the words of this cell."""
        if self._printed_before(at):
            for code in _on_slides([program(self.cells[at - 1])]):
                yield _slide(_face("program", heading, code))

    def _printed_before(self, at: int) -> str:
        """What the cell before has printed, if it is no prediction's run and short enough."""
        before = self.cells[at - 1]
        if before.cell_type != "code" or _is_no_program(before) or pictures(before):
            return ""
        said = "\n".join(printed(before))
        return said if _rows(said) <= _FEW_ROWS else ""

    def _sets_exercise(self, at: int) -> bool:
        """Whether the cell sets the task of an exercise: its starter comes before any other prose."""
        for cell in self.cells[at + 1 :]:
            if cell.cell_type != "code" or "exercise" in course_metadata(cell):
                return "exercise" in course_metadata(cell)
        return False

    def _minutes(self) -> int:
        """Minutes for one exercise: the lesson's practice by its exercises for everybody."""
        many = sum(
            "exercise" in course_metadata(cell) and self.lesson.headings[cell.id] not in self.lesson.may_wait
            for cell in self.cells
        )
        return max(_LEAST_MINUTES, round(self.lesson.info.practise_minutes / max(many, 1)))

    def _note(self, cell: NotebookNode) -> str:
        self.noted.add(cell.id)
        return str(course_metadata(cell).get("note") or "")


def _is_no_program(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (
        called_name(cell) in _NO_PROGRAMS or "exercise" in course_metadata(cell)
    )


def _begins_a_part(cell: NotebookNode) -> bool:
    return bool(re.match(r"#{1,6} ", cell.source))


def _answer_for_the_speaker(question: Question) -> Iterator[str]:
    """The right option, and what people believe who choose another one."""
    for letter, option in question.lettered:
        if option.right:
            yield f"**Right: {letter}.** {option.why}"
    for letter, option in question.lettered:
        if not option.right:
            belief, _ = belief_and_cure(option.misconception, {})
            yield f"**{letter}:** {belief or option.why}"


# ---- code on slides ----------------------------------------------------------------------------------


def _on_slides(texts: Iterable[str]) -> Iterator[str]:
    """The texts on as few slides as their letters allow; a long one is torn, at a blank line if possible."""
    held = ""
    for text in texts:
        short = re.sub(r"\n{3,}", "\n\n", text.strip("\n"))
        if held and _rows(held) + 1 + _rows(short) <= _ROWS:
            held = f"{held}\n\n{short}"
            continue
        if held:
            yield held
        *full, held = _torn(short.split("\n")) if short else [""]
        yield from full
    if held:
        yield held


def _torn(lines: Sequence[str]) -> list[str]:
    """The lines in pieces that a slide holds."""
    if _rows("\n".join(lines)) <= _ROWS:
        return ["\n".join(lines)]
    gaps = [at for at, line in enumerate(lines) if not line.strip() and 2 < at < len(lines) - 2]
    starts = [at for at, line in enumerate(lines) if at and line[:1].strip() and line[:1] not in ")]}"]
    fits = [at for at in gaps or starts if _rows("\n".join(lines[:at])) <= _ROWS]
    at = min(fits, key=lambda each: abs(2 * each - len(lines)), default=_ROWS * 3 // 4)
    return [*_torn(lines[:at]), *_torn("\n".join(lines[at:]).strip("\n").split("\n"))]


def _fits_beside(code: str, question: Question) -> bool:
    """Whether the code can be read on the slide of the vote."""
    texts = [question.ask, *(option.text for _, option in question.lettered)]
    rows = sum(1 + len(paragraph) // _LETTERS for text in texts for paragraph in text.split("\n\n"))
    wide = max(map(len, code.splitlines()), default=0) > _COLUMNS - 10
    return not wide and 0.8 * _rows(code) + rows + 0.6 * len(question.options) <= _VOTE_ROWS


def _rows(text: str) -> int:
    """Rows of a slide that the text takes."""
    return sum(1 + max(0, len(line) - 1) // _COLUMNS for line in text.splitlines())


# ---- faces -------------------------------------------------------------------------------------------


def _drawn(heading: str, picture: str, note: str = "") -> Iterator[Slide]:
    for part in in_readable_parts(picture):
        yield _slide(_face("drawn", heading, part), note)


def in_readable_parts(picture: str) -> list[str]:
    """The picture, or two windows of it, one above the other, that overlap."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    if size is None or float(size[2]) <= _HIGH:
        return [picture]
    width, height = float(size[1]), float(size[2])
    return [
        picture.replace(size[0], f'viewBox="0 {top:g} {width:g} {_HIGH}"', 1) for top in (0.0, height - _HIGH)
    ]


def height_by_width(picture: str) -> float:
    """How high a picture is, by its width."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    return float(size[2]) / float(size[1]) if size else 9.9


def _face(kind: str, *values: Any) -> str:
    """What is on a slide, as HTML: ``kind`` names a macro of the template."""
    return str(getattr(templates().get_template("slide.html.j2").module, kind)(*values))


def _slide(html: str, note: str | None = None) -> Slide:
    """The cells of one slide."""
    shown = new.new_output("display_data", {"text/html": html.strip()})
    cells = [new.new_code_cell(outputs=[shown], metadata={"slideshow": {"slide_type": "slide"}})]
    if note:
        said = new.new_output("display_data", {"text/html": to_html(note)})
        cells.append(new.new_code_cell(outputs=[said], metadata={"slideshow": {"slide_type": "notes"}}))
    return cells


def _parts(markdown: str, *, sets_exercise: bool) -> tuple[str, str]:
    """What a cell says, and the task of an exercise that it ends with; either may be empty."""
    text = without_links(markdown).rstrip()
    own, *more = re.split(r"\n(?=#{2,6} )", text)  # what begins in the same cell belongs to what follows
    if not sets_exercise:
        return own, ""
    return (own, more[-1]) if more else ("", own)


def _heading_and_text(task: str, heading: str) -> tuple[str, str]:
    found = re.match(r"#{1,6} (.*)\n+", task)
    return (found[1], task[found.end() :]) if found else (heading, task)


def _words(own: str, heading: str, output: str = "") -> str:
    text = re.sub(r":$", ".", re.sub(r"：$", "。", own))  # the next cell is not here
    title = "" if re.match(r"#{1,6} ", text) else heading
    return _face("words", title, re.sub(r"^#{3,6} ", "## ", text), output)


def key_points(lesson: TaughtLesson, cell: NotebookNode) -> str:
    """The text of a cell, unfolded, without its last paragraphs that name sources and the next lesson."""
    parts, told = (unfolded(text).split("\n\n") for text in (cell.source, lesson.in_english(cell)))
    both = itertools.zip_longest(parts, told[: len(parts)], fillvalue="")
    return "\n\n".join(part for part, english in both if not _LEFT_OUT.match(english))


def without_links(markdown: str) -> str:
    """The text with the words of links into other notebooks and cells, but without the links."""
    return _RELATIVE_LINK.sub(r"\1", markdown)
