"""The pages to read, as a kit has them: links lead somewhere, nothing is fetched, all can be answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from course.notebook import called_name, course_metadata
from course.paths import NOTEBOOKS
from course.practice import lesson as texts_of
from course.publish.kit import build, editions, read_lessons
from course.publish.kit.lessons import TaughtLesson, asked
from course.publish.site._lesson import PERSONAL

pytestmark = pytest.mark.long

LESSONS = read_lessons(NOTEBOOKS, {0, 1})
HEAVIEST = 1_000_000
"""Bytes of a page with its styles and scripts, before they are compressed on the way."""


class Page(HTMLParser):
    """What a page links to, what it fetches, and the places that can be linked to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.ids: set[str] = set()
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "link" and {"stylesheet", "icon", "preload"} & set(given.get("rel", "").split()):
            self.fetched.append(given.get("href", ""))
        elif "src" in given:
            self.fetched.append(given["src"])


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole kit of two lessons; its name has a blank and letters of other alphabets."""
    built = build.build(NOTEBOOKS, tmp_path_factory.mktemp("Kurs für 学习"), {0, 1})
    assert built.leaks == ()
    return built.folder


@pytest.fixture(scope="module")
def pages(kit: Path) -> dict[Path, Page]:
    """Every page but the slides, which reveal.js links by numbers."""
    return {path: Page(path) for path in kit.rglob("*.html") if path.parent.name != "slides"}


def lesson_page(kit: Path, lesson: TaughtLesson, edition: str = "student") -> str:
    return (kit / edition / "lessons" / f"{lesson.info.lesson}.html").read_text(encoding="utf-8")


def faults(pages: dict[Path, Page]) -> Iterator[str]:
    """Links that lead nowhere."""
    for path, page in pages.items():
        for link in page.links:
            name, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            target = (path.parent / name).resolve() if name else path
            if not target.is_file():
                yield f"{path.name}: there is no {name}"
            elif (
                anchor and target.suffix == ".html" and anchor not in (pages.get(target) or Page(target)).ids
            ):
                yield f"{path.name}: {name} has no {anchor}"


def test_every_link_and_every_anchor_leads_somewhere(pages: dict[Path, Page]) -> None:
    assert len(pages) > 30
    assert list(faults(pages)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<a href='#no'>a</a><a href='none.html'>b</a><a href='#yes'>c</a><p id=yes>", "utf-8")
    assert list(faults({path: Page(path)})) == ["page.html:  has no no", "page.html: there is no none.html"]


def test_nothing_is_fetched_from_elsewhere(kit: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for fetched in page.fetched:
            name = unquote(fetched.partition("?")[0])
            assert fetched.startswith("data:") or (path.parent / name).is_file(), f"{path.name}: {fetched}"
    for path in kit.rglob("*.css"):
        assert not re.search(r"""(?:url\(|@import)\s*["']?(?:https?:|//)""", path.read_text("utf-8")), (
            path.name
        )


def test_a_page_is_light(kit: Path, pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        if (kit / "student") in path.parents:
            files = {(path.parent / unquote(name.partition("?")[0])).resolve() for name in page.fetched}
            weight = path.stat().st_size + sum(file.stat().st_size for file in files if file.is_file())
            assert weight < HEAVIEST, f"{path.name}: {weight:,} bytes"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_question_is_there_with_every_reason(lesson: TaughtLesson, kit: Path) -> None:
    html = lesson_page(kit, lesson)
    forms = re.findall(r'(?s)<form class="course-ask".*?</form>', html)
    questions = [name for cell in lesson.nb.cells for name in asked(cell, "predict", "quiz")]
    assert len(questions) > 1
    for name, form in zip(questions, forms, strict=True):
        question = texts_of(lesson.info.lesson).text.questions[name]
        letters = [letter for letter, _ in question.lettered]
        assert re.findall(r'<input type="\w+" name="[^"]+" value="(\w)">', form) == letters
        assert ('type="checkbox"' in form) == question.several
        marked = dict(re.findall(r'<li data-letter="(\w)"( data-right)?>', form))
        right = {letter for letter, option in question.lettered if option.right}
        assert {letter for letter, mark in marked.items() if mark} == right
        assert list(marked) == letters
        assert "<details" in form, "to unfold without a script"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_cell_has_its_place_and_every_exercise_its_hints(lesson: TaughtLesson, kit: Path) -> None:
    html = lesson_page(kit, lesson)
    exercises = [cell for cell in lesson.nb.cells if "exercise" in course_metadata(cell)]
    assert html.count('<section class="course-hints">') == len(exercises) > 0
    assert html.count("<summary>Hint ") == 3 * len(exercises)
    left_out = {cell.id for cell in lesson.nb.cells if f'id="cell-id={cell.id}"' not in html}
    assert left_out == {cell.id for cell in lesson.nb.cells if called_name(cell) in PERSONAL}
    drawn = sum("<svg" in str(output) for cell in lesson.nb.cells for output in cell.get("outputs", ()))
    assert html.count('<svg class="timed"') == drawn > 0


def test_only_the_instructors_edition_has_answers_and_notes(kit: Path) -> None:
    lesson = LESSONS[1]
    known = editions.answers(lesson.info.lesson)
    full = lesson_page(kit, lesson, "instructor")
    assert set(editions.leaks_in_page(full, known)) == set(known) - set(editions.WORKED_EXAMPLES)
    note = next(note for cell in lesson.nb.cells if (note := course_metadata(cell).get("note")))
    first = note.partition(".")[0].partition(":")[0]
    assert first in full
    assert first not in lesson_page(kit, lesson)


def test_no_output_is_about_the_one_who_built_it(kit: Path) -> None:
    for lesson in LESSONS:
        html = lesson_page(kit, lesson)
        assert "Your progress" not in html
        assert "Not attempted" not in html


def test_the_facts_and_the_reference_are_pages(kit: Path) -> None:
    from course.facts import find

    facts = (kit / "student" / "facts.html").read_text("utf-8")
    assert all(f'<div class="course-fact" id="{fact.id}">' in facts for fact in find())
    from course import tasks

    reference = (kit / "student" / "reference.html").read_text("utf-8")
    missing = [
        name for name in tasks.__all__ if not re.search(rf'id="course\.tasks\.(_\w+\.)?{name}"', reference)
    ]
    assert missing == []
