"""The talks: what is on the slides of each lesson. How they look, a browser tells (tests/browser)."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat.v4 as new
import pytest
from nbformat import NotebookNode

from course.paths import NOTEBOOKS
from course.publish.kit import TaughtLesson, read_lessons, slides
from course.publish.kit._html import to_page
from course.publish.kit.graphs import drawing, graphs

LESSONS = read_lessons(NOTEBOOKS)


def shown(lesson: TaughtLesson) -> list[str]:
    cells = slides.deck(lesson).cells
    return [
        cell.outputs[0].data["text/html"] for cell in cells if cell.metadata.slideshow.slide_type == "slide"
    ]


def small(*cells: NotebookNode) -> TaughtLesson:
    course = {
        "lesson": "after_the_response",
        "number": 1,
        "teach_minutes": 1,
        "practise_minutes": 1,
        "objectives": ["see *it*"],
    }
    title = new.new_markdown_cell("# 01 · T\n\n**The question.** What?", id="title")
    title.metadata["tags"] = ["slide"]
    nb = new.new_notebook(cells=[title, *cells], metadata={"course": course})
    return TaughtLesson(Path("01_after_the_response.ipynb"), nb)


def picture(name: str, height: int) -> NotebookNode:
    svg = f'<svg class="timed" viewBox="0 0 960 {height}"><text>{name}</text></svg>'
    output = new.new_output("execute_result", {"text/plain": name, "text/html": svg})
    return new.new_code_cell("run()", id=name, outputs=[output], metadata={"tags": ["slide"]})


def predict(*ids: str) -> NotebookNode:
    arguments = ", ".join(f'"{each}"' for each in ids)
    return new.new_code_cell(f"predict({arguments})", id="p", metadata={"tags": ["slide"]})


def words(text: str, name: str = "w", **course: str) -> NotebookNode:
    return new.new_markdown_cell(text, id=name, metadata={"tags": ["slide"], "course": course})


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_each_lesson_has_a_talk(lesson: TaughtLesson) -> None:
    html = shown(lesson)
    assert lesson.title in html[0]
    assert html[0].count("<li>") == len(lesson.info.objectives)
    assert "Recap" in html[-1]
    assert not any(re.search(r"href=.(?!https?:)|Sources?:|Next:", each) for each in html)


def test_a_prediction_is_asked_then_shown_then_told() -> None:
    html = shown(small(predict("after.order"), picture("flat", 232), words("## Next part\n\nYes.")))
    assert len(html) == 4
    assert "right" not in html[1]
    assert "<svg" not in html[1]
    assert "<svg" in html[2]
    assert html[2].count('class="right"') == 1, "the flat picture stands above the answer"


def test_a_high_picture_has_a_slide_of_its_own() -> None:
    html = shown(small(predict("after.order"), picture("high", 600)))
    assert ["<svg" in each for each in html] == [False, False, True, False]
    assert 'class="right"' in html[-1]


def test_a_picture_of_another_part_does_not_answer() -> None:
    html = shown(small(words("## One"), predict("after.order"), words("## Two", "v"), picture("flat", 232)))
    assert 'class="right"' in html[3]
    assert "<svg" not in html[3]


def test_notes_are_for_the_speaker() -> None:
    deck = slides.deck(small(words("## A part\n\nText.", note="Ask `why`.")))
    assert [cell.metadata.slideshow.slide_type for cell in deck.cells] == ["slide", "slide", "notes"]
    page = slides.to_html_page(small(words("## A part\n\nText.", note="Ask `why`.")))
    assert re.search(r'<aside class="notes">\s*<p>Ask <code>why</code>', page)


def test_only_the_key_points_are_shown() -> None:
    text = (
        "## Recap\n\n- See [lesson 02](02_services.ipynb) and [docs](https://example.org).\n\n*Sources:* a."
    )
    html = shown(small(words(text)))[1]
    assert "See lesson 02 and" in html
    assert 'href="https://example.org"' in html
    assert "Sources" not in html


def test_no_slide_ends_with_a_colon() -> None:
    assert "the log.</p>" in shown(small(words("There is a line in the log:")))[1]


def test_an_exercise_in_the_same_cell_is_not_shown() -> None:
    html = shown(small(words("**True.**\n\n### Exercise: do it\n\nDo.")))[1]
    assert "Exercise" not in html


def test_the_page_needs_only_what_lies_beside_it(tmp_path: Path) -> None:
    slides.write_beside(tmp_path)
    page = slides.to_html_page(LESSONS[1])
    named = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert {name for name in named if not name.startswith(("http", "data:"))} == {
        "reveal/reveal.css",
        "slides.css",
        "reveal/reveal.js",
        "reveal/notes.js",
    }
    assert all((tmp_path / name).is_file() for name in named if not name.startswith(("http", "data:")))
    assert (tmp_path / "reveal" / "LICENSE").is_file()
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=.https?:", page)


def test_every_graph_of_the_lessons_is_drawn() -> None:
    found = [graph for lesson in LESSONS for cell in lesson.nb.cells for graph in graphs(cell.source)]
    assert found
    missing = [drawing(graph).name for graph in found if not drawing(graph).is_file()]
    assert not missing, f"draw them (docs/authoring.md says how) as {missing}"
    kept = {path.name for path in drawing(found[0]).parent.glob("*.svg")}
    assert kept == {drawing(graph).name for graph in found}, "a drawing of a graph that is no more"


def test_a_graph_without_a_drawing_shows_its_text() -> None:
    html = to_page("Look:\n\n```mermaid\ngraph LR\n  a --> b & c\n```\n\nend")
    assert "<pre>graph LR\n  a --&gt; b &amp; c</pre>" in html
