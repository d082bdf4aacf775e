"""Build the kit into a folder: everything an instructor prints, shows and hands round, and an index."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from course.notebook import parse, render
from course.paths import write
from course.practice import lesson as texts_of
from course.publish.kit import editions, pages, slides
from course.publish.kit.lessons import read_lessons
from course.publish.site import build as site


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

    Files that are there already are replaced, nothing is removed.

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
    put("answers.html", pages.answer_key(chosen, texts, headings))
    put("handout.html", pages.handout(chosen))
    put("index.html", pages.index(chosen, agenda=(out / "agenda.html").is_file()))
    student = site.build(chosen, out / "student", every=every)
    site.build(chosen, out / "instructor", edition="instructor", every=every)
    found = find_leaks(out, [lesson.info.lesson for lesson in chosen])
    return Built(out, tuple(files), len(chosen), (*student.leaks, *found))


def find_leaks(out: Path, lessons: Collection[str]) -> list[str]:
    """Look for every reference answer in what learners get: their notebooks, slides, the handout.

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
    ]
    return [
        f"The reference answer of {exercise} is in {path.relative_to(out).as_posix()}. Do not hand this out; "
        "take it out of the notebook and build again."
        for path in given
        if path.suffix in looks
        for exercise in looks[path.suffix](path.read_text(encoding="utf-8"))
    ]
