"""A lesson as a source for MyST-NB: what a page can do takes the place of what only a kernel can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

import nbformat.v4 as new
from nbformat import NotebookNode

from course.notebook import called_name, checked_exercise, course_metadata, only_call
from course.practice.texts import LessonText, Option, misconception_text
from course.publish.kit.graphs import FENCE, drawing
from course.publish.kit.lessons import TaughtLesson, asked
from course.publish.site._templates import render

PERSONAL = frozenset({"compare", "warm_up", "progress", "certificate"})
"""Calls whose output is about the learner in front of the notebook: a page leaves them out."""

_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^()\s#]*)(#[^()\s]*)?\)")
_KEY = re.compile(r"<kbd>([^<>]+)</kbd>")
_FOLD = re.compile(r"^<details><summary>([^<>]*)</summary>$(.*?)^</details>$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Site:
    """What the pages of a site know of each other.

    ``pages`` are the names of the lessons' pages by their notebooks' file names; ``headings`` the headings of
    every lesson's cells, by the lesson's name.
    """

    pages: Mapping[str, str]
    headings: Mapping[str, Mapping[str, str]]


def page(lesson: TaughtLesson, nb: NotebookNode, texts: LessonText, site: Site, top: str) -> NotebookNode:
    """The page of ``lesson`` in the edition ``nb``; ``top`` is HTML to stand below its title."""
    cells: list[NotebookNode] = []
    for cell in nb.cells:
        cells += _cells(cell, lesson, texts, site)
        if len(cells) == 1:
            cells.append(_html(top))
    made: NotebookNode = new.new_notebook(cells=cells, metadata=nb.metadata)
    return made


def _cells(cell: NotebookNode, lesson: TaughtLesson, texts: LessonText, site: Site) -> Iterator[NotebookNode]:
    """What stands on the page for one cell of the notebook."""
    anchor = f'<span class="course-anchor" id="cell-id={escape(cell.id)}"></span>'
    if cell.cell_type == "markdown":
        yield new.new_markdown_cell(f"{raw(anchor)}\n\n{prose(cell.source, site)}")
    elif questions := asked(cell, "predict", "quiz"):
        yield _html(anchor + "".join(_question(name, texts, lesson, site) for name in questions))
    elif exercise := checked_exercise(cell):
        yield _html(anchor + render("hints.html.j2", text=texts.exercises[exercise]))
    elif only_call(cell) is None or called_name(cell) not in PERSONAL:
        yield _html(anchor)
        shown = new.new_code_cell(cell.source, outputs=cell.outputs, execution_count=cell.execution_count)
        shown.metadata["tags"] = ["course-exercise"] if "exercise" in course_metadata(cell) else []
        yield shown


def prose(markdown: str, site: Site) -> str:
    """Markdown whose links lead to pages of this site, whose graphs are drawn, whose HTML is Sphinx's.

    A link to a lesson that this site does not have becomes its words.
    """

    def target(words: str, path: str, anchor: str) -> str:
        if not path.endswith(".ipynb"):
            return f"[{words}]({path}{anchor})"
        found = site.pages.get(path)
        return f"[{words}]({found}.ipynb{anchor})" if found else words

    drawn = FENCE.sub(lambda fence: _graph(fence[1]) or fence[0].replace("```mermaid", "```text"), markdown)
    folded = _FOLD.sub(lambda fold: _fold(fold[1], fold[2]), relink(drawn, target))
    return _KEY.sub(r"{kbd}`\1`", folded)


def _fold(summary: str, text: str) -> str:
    """What the notebook folds stays folded."""
    opening = raw(f'<details class="course-fold"><summary>{summary}</summary>')
    return f"{opening}\n\n{text.strip()}\n\n{raw('</details>')}"


def relink(markdown: str, target: Callable[[str, str, str], str]) -> str:
    """Markdown with ``target(words, path, anchor)`` for each link, the anchor with its ``#``."""
    return _LINK.sub(lambda link: target(link[1], link[2], link[3] or ""), markdown)


def _graph(text: str) -> str | None:
    picture = drawing(text)
    if not picture.is_file():
        return None
    return raw(f'<figure class="course-graph">{picture.read_text(encoding="utf-8")}</figure>')


def _question(name: str, texts: LessonText, lesson: TaughtLesson, site: Site) -> str:
    return render(
        "question.html.j2",
        id=name,
        question=texts.questions[name],
        cure=lambda option: _cure(option, lesson.info.lesson, site),
    )


@dataclass(frozen=True)
class Cure:
    """Where a wrong idea is cured: an address, and the heading that stands there."""

    href: str
    heading: str


def _cure(option: Option, here: str, site: Site) -> Cure | None:
    found = misconception_text(option.misconception) if option.misconception else None
    if found is None:
        return None
    lesson, idea = found
    heading = site.headings.get(lesson.name, {}).get(idea.cure)
    if not heading or lesson.name not in site.pages.values():
        return None
    page = "" if lesson.name == here else f"{lesson.name}.html"
    return Cure(f"{page}#cell-id={idea.cure}", heading)


def _html(html: str) -> NotebookNode:
    made: NotebookNode = new.new_markdown_cell(raw(html))
    return made


def raw(html: str) -> str:
    """HTML in Markdown, as it is; the fence is longer than any in it."""
    return f"``````{{raw}} html\n{html}\n``````"
