"""The pages of the kit: the answer key, the handout, and the index that links everything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from course.notebook import tags
from course.practice.texts import LessonText
from course.publish._normal import reference
from course.publish.kit._html import page, to_page
from course.publish.kit.graphs import drawings
from course.publish.kit.lessons import (
    Headings,
    TaughtLesson,
    every_miss,
    ideas_of_exercise,
    ideas_of_question,
    pictures,
)
from course.publish.kit.slides import height_by_width, key_points, without_links

_FLAT = 0.45


def answer_key(lessons: Sequence[TaughtLesson], texts: Mapping[str, LessonText], headings: Headings) -> str:
    """Every exercise with our answer, its hints and what each message of its check means; every question."""
    return page(
        "answers",
        chapters=[(lesson, texts[lesson.info.lesson]) for lesson in lessons],
        reference=reference,
        ideas_of_exercise=partial(ideas_of_exercise, headings=headings),
        ideas_of_question=partial(ideas_of_question, headings=headings),
        always=list(every_miss().values()),
    )


def handout(lessons: Sequence[TaughtLesson]) -> str:
    """One A4 page for each lesson: objectives, key points, pictures, and lines to write on."""
    return page("handout", sheets=[_sheet(lesson) for lesson in lessons])


def _sheet(lesson: TaughtLesson) -> dict[str, Any]:
    points = without_links(key_points(_recap(lesson)))
    return {"lesson": lesson, "points": points, "drawn": _to_look_at(lesson)}


def _recap(lesson: TaughtLesson) -> str:
    """The last part on a slide, which gathers the key points, without its heading."""
    cells = [cell for cell in lesson.nb.cells if cell.cell_type == "markdown" and "slide" in tags(cell)]
    return re.sub(r"^#.*\n+", "", cells[-1].source)


def _to_look_at(lesson: TaughtLesson) -> list[tuple[str, Markup]]:
    """What fits beside the words: the first picture or graph and the last table on a slide, with headings.

    Two pictures where there is no table.
    """
    drawn: dict[str, Markup] = {}
    tables: list[tuple[str, Markup]] = []
    for cell in lesson.nb.cells:
        heading = lesson.headings[cell.id]
        flat = [picture for picture in pictures(cell) if height_by_width(picture) < _FLAT]
        for shown in (*flat, *(graph for graph in drawings(cell) if height_by_width(graph) < 1)):
            drawn.setdefault(heading, Markup(shown))
        table = re.search(r"(?m)(^\|.*\n?)+", cell.source) if cell.cell_type == "markdown" else None
        if table and "slide" in tags(cell):
            tables = [(heading, Markup(to_page(without_links(table[0]))))]
    return [*list(drawn.items())[: 1 if tables else 2], *tables]


def index(lessons: Sequence[TaughtLesson], *, agenda: bool) -> str:
    """The page that links all others; ``agenda`` when one was planned into the same folder."""
    return page("index", lessons=lessons, agenda=agenda)
