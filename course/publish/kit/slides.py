"""The talk of a lesson: its objectives, each prediction, each picture, the key points. One idea on a slide.

A deck is a notebook made from the cells tagged ``slide``; nbconvert turns it into a reveal.js page that needs
nothing but the files beside it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nbformat.v4 as new
from nbconvert.exporters.slides import SlidesExporter
from nbformat import NotebookNode

from course.notebook import course_metadata, tags, unfolded
from course.practice import lesson as texts_of
from course.practice.markup import to_html
from course.practice.texts import Question
from course.publish.kit._html import templates
from course.publish.kit.lessons import TaughtLesson, asked, pictures

_HERE = Path(__file__).parent
_BESIDE = ("reveal.js", "reveal.css", "notes.js", "LICENSE")
_LEFT_OUT = re.compile(r"^\*?(?:Sources?|Next):", re.MULTILINE)
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")
_FLAT = 0.32
"""A picture that is flatter than this (its height by its width) stands above the words that explain it."""


def deck(lesson: TaughtLesson) -> NotebookNode:
    """The slides of a lesson as a notebook, one cell (and perhaps its speaker's notes) for each slide."""
    cells = [cell for slide in _slides(lesson) for cell in slide]
    made: NotebookNode = new.new_notebook(cells=cells, metadata={"title": lesson.title})
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
    shutil.copyfile(_HERE / "slides.css", folder / "slides.css")


def _slides(lesson: TaughtLesson) -> Iterator[list[NotebookNode]]:
    questions = texts_of(lesson.info.lesson).text.questions
    open_ones: list[tuple[str, Question]] = []  # predictions whose answer has not been shown yet

    def truths(picture: str = "") -> Iterator[list[NotebookNode]]:
        while open_ones:
            heading, question = open_ones.pop(0)
            yield _slide(_face("truth", heading, question, "" if open_ones else picture))

    for number, cell in enumerate(lesson.nb.cells):
        if "slide" not in tags(cell):
            continue
        heading = lesson.headings[cell.id]
        note = course_metadata(cell).get("note")
        if number == 0:
            yield _slide(_face("opening", lesson, lesson.nb.cells[0].source.split("\n\n")[1]), note)
        elif cell.cell_type == "markdown":
            yield from truths()
            yield _slide(_words(cell, heading), note)
        elif found := asked(cell, "predict", "quiz"):
            yield from truths()
            for name in found:
                yield _slide(_face("prediction", heading, questions[name]), note)
                open_ones.append((heading, questions[name]))
        else:
            drawn = pictures(cell)
            if open_ones and open_ones[0][0] != heading:  # the answer was not a picture
                yield from truths()
            if open_ones and len(drawn) == 1 and height_by_width(drawn[0]) < _FLAT:
                yield from truths(drawn[0])
                continue
            for picture in drawn:
                yield _slide(_face("drawn", heading, picture), note)
            yield from truths()
    yield from truths()


def height_by_width(picture: str) -> float:
    """How high a picture is, by its width."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    return float(size[2]) / float(size[1]) if size else 9.9


def _face(kind: str, *values: Any) -> str:
    """What is on a slide, as HTML: ``kind`` names a macro of the template."""
    return str(getattr(templates().get_template("slide.html.j2").module, kind)(*values))


def _slide(html: str, note: str | None = None) -> list[NotebookNode]:
    """The cells of one slide."""
    shown = new.new_output("display_data", {"text/html": f'<div class="fit">{html}</div>'})
    cells = [new.new_code_cell(outputs=[shown], metadata={"slideshow": {"slide_type": "slide"}})]
    if note:
        said = new.new_output("display_data", {"text/html": to_html(note)})
        cells.append(new.new_code_cell(outputs=[said], metadata={"slideshow": {"slide_type": "notes"}}))
    return cells


def _words(cell: NotebookNode, heading: str) -> str:
    text = re.sub(
        r":$", ".", without_links(key_points(unfolded(cell.source))).rstrip()
    )  # the next cell is not here
    own, *_next_part = re.split(
        r"\n(?=#{2,6} )", text
    )  # an exercise that begins in the same cell is not shown
    title = "" if re.match(r"#{1,6} ", own) else heading
    return _face("words", title, re.sub(r"^#{3,6} ", "## ", own))


def key_points(markdown: str) -> str:
    """The text without its last paragraphs that name sources and the next lesson."""
    paragraphs = markdown.split("\n\n")
    return "\n\n".join(part for part in paragraphs if not _LEFT_OUT.match(part))


def without_links(markdown: str) -> str:
    """The text with the words of links into other notebooks and cells, but without the links."""
    return _RELATIVE_LINK.sub(r"\1", markdown)
