"""Build the kit into a folder: everything an instructor prints, shows and hands round, and an index.

The answer key, the handout, the cheat sheet and the index are made here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from course.notebook import parse, render, tags
from course.paths import write
from course.practice import lesson as texts_of
from course.practice.texts import LessonText
from course.publish._normal import reference
from course.publish.kit import editions, slides
from course.publish.kit._html import page, to_page
from course.publish.kit.graphs import drawings
from course.publish.kit.lessons import (
    Headings,
    TaughtLesson,
    every_miss,
    ideas_of_exercise,
    ideas_of_question,
    pictures,
    program,
    read_lessons,
)
from course.publish.kit.slides import height_by_width, key_points, without_links
from course.publish.site import build as site

_FLAT = 0.45
_BY_LESSON = ("student", "instructor", "slides")
"""The folders with files that are called as the lessons are."""


@dataclass(frozen=True)
class Built:
    """What was built, and the answers found in what learners are given (there should be none).

    ``files`` are those beside the pages to read.
    """

    folder: Path
    files: tuple[Path, ...]
    lessons: int
    leaks: tuple[str, ...]


def build(notebooks: Path, out: Path, numbers: Collection[int] | None = None) -> Built:
    """Build the kit of the lessons in ``notebooks`` (only of ``numbers`` when given) into ``out``.

    Editions and slides that an earlier build has left there are removed; what else is there stays.

    Raises:
        LookupError: there is no lesson of a wanted number.
        SphinxFailed: a page to read has a fault.
    """
    every = read_lessons(notebooks)
    chosen = every if numbers is None else read_lessons(notebooks, numbers)
    headings = {lesson.info.lesson: lesson.headings for lesson in every}
    texts = {lesson.info.lesson: texts_of(lesson.info.lesson).text for lesson in chosen}
    files: list[Path] = []

    def put(name: str, text: str) -> None:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)
        files.append(path)

    for lesson in chosen:
        made = {
            "student": editions.student(lesson.nb),
            "instructor": editions.instructor(lesson, texts[lesson.info.lesson], headings),
        }
        for edition, nb in made.items():
            put(f"{edition}/{lesson.stem}.ipynb", render(nb))
        put(f"slides/{lesson.stem}.html", slides.to_html_page(lesson))
    slides.write_beside(out / "slides")
    put("answers.html", answer_key(chosen, texts, headings))
    put("handout.html", handout(chosen))
    put("cheat_sheet.html", cheat_sheet(chosen))
    put("index.html", index(chosen, agenda=(out / "agenda.html").is_file()))
    student = site.build(chosen, out / "student", every=every)
    site.build(chosen, out / "instructor", edition="instructor", every=every)
    _remove_others(out, files, [lesson.info.lesson for lesson in chosen])
    found = find_leaks(out, [lesson.info.lesson for lesson in chosen])
    return Built(out, tuple(files), len(chosen), (*student.leaks, *found))


def _remove_others(out: Path, built: Collection[Path], lessons: Collection[str]) -> None:
    """Remove pages and notebooks of other lessons, which an earlier build has left in its own folders."""
    for folder in _BY_LESSON:
        for path in (out / folder).glob("[0-9][0-9]_*"):
            if path.suffix in (".html", ".ipynb") and path not in built:
                path.unlink()
        for path in (out / folder / "lessons").glob("*.html"):
            if path.stem not in lessons:
                path.unlink()


def find_leaks(out: Path, lessons: Collection[str]) -> list[str]:
    """Look for every reference answer in what learners get: their notebooks, slides, the printed sheets.

    The site looks through its own pages.
    """
    known = {name: answer for lesson in lessons for name, answer in editions.answers(lesson).items()}
    looks: dict[str, Callable[[str], list[str]]] = {
        ".ipynb": lambda text: editions.leaks(parse(text), known),
        ".html": lambda text: editions.leaks_in_page(text, known),
    }
    given = [
        *sorted((out / "student").glob("*.ipynb")),
        *sorted((out / "slides").glob("*")),
        out / "handout.html",
        out / "cheat_sheet.html",
    ]
    return [
        f"The reference answer of {exercise} is in {path.relative_to(out).as_posix()}. Do not hand this out; "
        "take it out of the notebook and build again."
        for path in given
        if path.suffix in looks
        for exercise in looks[path.suffix](path.read_text(encoding="utf-8"))
    ]


# ---- its own pages -----------------------------------------------------------------------------------


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
    """One A4 page for each lesson: objectives, key points, pictures, code to keep, and lines to write on."""
    return page("handout", sheets=[_sheet(lesson) for lesson in lessons])


def _sheet(lesson: TaughtLesson) -> dict[str, Any]:
    points = without_links(re.sub(r"^#.*\n+", "", key_points(lesson, _recap(lesson))))
    return {"lesson": lesson, "points": points, "drawn": _to_look_at(lesson), "kept": _kept(lesson)}


def cheat_sheet(lessons: Sequence[TaughtLesson]) -> str:
    """One sheet of A4 for the whole course: of each lesson the code to keep and the tables to decide by."""
    parts = [(lesson, _kept(lesson), _tables(lesson)[-1:]) for lesson in lessons]
    return page("cheat_sheet", parts=[part for part in parts if part[1] or part[2]])


def _kept(lesson: TaughtLesson) -> list[str]:
    """The programs that are worth keeping: cells with the tag ``keep``."""
    kept = [cell for cell in lesson.nb.cells if cell.cell_type == "code" and "keep" in tags(cell)]
    return [re.sub(r"\n{3,}", "\n\n", program(cell)) for cell in kept]


def _recap(lesson: TaughtLesson) -> NotebookNode:
    """The last part on a slide, which gathers the key points."""
    cells: list[NotebookNode] = lesson.nb.cells
    return [cell for cell in cells if cell.cell_type == "markdown" and "slide" in tags(cell)][-1]


def _to_look_at(lesson: TaughtLesson) -> list[tuple[str, Markup]]:
    """What fits beside words and code: the last table on a slide, and pictures while there is room."""
    drawn: dict[str, Markup] = {}
    for cell in lesson.nb.cells:
        heading = lesson.headings[cell.id]
        flat = [picture for picture in pictures(cell) if height_by_width(picture) < _FLAT]
        for shown in (*flat, *(graph for graph in drawings(cell) if height_by_width(graph) < 1)):
            drawn.setdefault(heading, Markup(shown))
    tables = _tables(lesson)[-1:]
    room = 2 - bool(tables) - bool(_kept(lesson))  # a sheet holds two of: pictures, a table, code
    return [*list(drawn.items())[:room], *tables]


def _tables(lesson: TaughtLesson) -> list[tuple[str, Markup]]:
    """The tables on slides, with their headings."""
    found = []
    for cell in lesson.nb.cells:
        table = re.search(r"(?m)(^\|.*\n?)+", cell.source) if cell.cell_type == "markdown" else None
        if table and "slide" in tags(cell):
            found.append((lesson.headings[cell.id], Markup(to_page(without_links(table[0])))))
    return found


def index(lessons: Sequence[TaughtLesson], *, agenda: bool) -> str:
    """The page that links all others; ``agenda`` when one was planned into the same folder."""
    return page("index", lessons=lessons, agenda=agenda)
