"""The talks: what is on the slides of each lesson. How they look, a browser tells (tests/browser)."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat.v4 as new
import pytest
from nbformat import NotebookNode

from course.notebook import called_name, course_metadata
from course.paths import NOTEBOOKS
from course.practice.markup import to_html
from course.publish.kit import TaughtLesson, read_lessons, slides
from course.publish.kit._html import to_page
from course.publish.kit.graphs import drawing, graphs
from course.words import languages
from tests.publish.kit.taught import LESSONS


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


def code(source: str, name: str = "app", *, said: str = "", **course: str) -> NotebookNode:
    outputs = [new.new_output("stream", name="stdout", text=said)] if said else []
    return new.new_code_cell(source, id=name, outputs=outputs, metadata={"course": course})


COMPARE = new.new_code_cell('compare("after.order")', id="compare")


def noted(lesson: TaughtLesson) -> list[tuple[str, str]]:
    """Each slide with its notes, as HTML."""
    found: list[tuple[str, str]] = []
    for cell in slides.deck(lesson).cells:
        html = cell.outputs[0].data["text/html"]
        if cell.metadata.slideshow.slide_type == "slide":
            found.append((html, ""))
        else:
            found[-1] = (found[-1][0], html)
    return found


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


def test_a_high_picture_has_two_slides_that_overlap() -> None:
    html = shown(small(predict("after.order"), picture("high", 600)))
    assert ["<svg" in each for each in html] == [False, False, True, True, False]
    assert 'class="right"' in html[-1]
    tops = [float(re.findall(r'viewBox="0 ([\d.]+) 960 ([\d.]+)"', each)[0][0]) for each in html[2:4]]
    high = float(re.findall(r'viewBox="0 [\d.]+ 960 ([\d.]+)"', html[2])[0])
    assert tops[0] == 0
    assert tops[1] < high, "nothing is between them"
    assert tops[1] + high == pytest.approx(600)
    assert [slides.height_by_width(part) for part in slides.in_readable_parts(html[2])] == [
        pytest.approx(high / 960)
    ], "a window is readable as it is"


def test_a_narrow_picture_has_one_slide_although_it_is_high_by_its_width() -> None:
    """It is made larger to fill a slide, so it can be made to fit one: nobody sees it cut in two."""
    narrow = '<svg class="dominoes" viewBox="0 0 428 248" width="428"></svg>'
    assert slides.in_readable_parts(narrow) == [narrow]
    assert len(slides.in_readable_parts(narrow.replace("428 248", "428 600"))) == 2


def test_code_comes_before_the_vote_and_what_is_printed_with_the_answer() -> None:
    run = code("print(app.state)", "run", said="mail, then answer")
    long = code("\n".join(f"line_{number} = {number}" for number in range(15)))
    html = shown(small(words("## One"), long, predict("after.order"), run, COMPARE))
    assert [bool(re.search("line_.*0", each)) for each in html] == [False, False, True, False, False]
    assert "app" in html[2] or "app" in html[3]
    assert 'class="options"' in html[3]
    assert "mail, then answer" not in "".join(html[:4])
    assert "mail, then answer" in html[4]
    assert 'class="right"' in html[4]


def test_short_code_stands_on_the_slide_of_the_vote() -> None:
    html = shown(small(words("## One"), code("short = 1"), predict("after.order")))
    assert "short" in html[2]
    assert 'class="options"' in html[2]


def test_code_of_earlier_parts_and_runs_is_not_asked_about() -> None:
    cells = [code("old = 1", "old"), words("## Two"), code("ran = 1", "ran", said="x"), code("asked = 1")]
    html = "".join(shown(small(*cells, predict("after.order"), COMPARE)))
    assert "asked" in html
    assert "old" not in html
    assert "ran = " not in html


@pytest.mark.parametrize("rows", [1, 19, 20, 45, 200])
def test_every_line_of_code_is_on_one_slide(rows: int) -> None:
    lines = [f"name_{number}" if number % 7 else f"\nname_{number}" for number in range(rows)]
    html = shown(small(words("## One"), code("\n".join(lines)), predict("after.order")))
    found = re.findall(r"name_\d+", "".join(html))
    assert found == [f"name_{number}" for number in range(rows)]
    assert max(len(re.findall(r"name_", each)) for each in html) <= 19


def test_an_exercise_has_a_clock() -> None:
    starter = code("def f(): ...", "starter", exercise="after.welcome")
    intro = words("Before that.\n\n### Exercise: do it\n\nDo `this`.", note="They will ask.")
    lesson = small(words("## Part", "part"), intro, starter)
    lesson.nb.metadata["course"]["practise_minutes"] = 7
    found = noted(lesson)
    assert "Before that." in found[2][0]
    assert "Do <code>this</code>" not in found[2][0]
    assert 'data-minutes="7"' in found[3][0]
    assert "Do <code>this</code>" in found[3][0]
    assert "They will ask" in found[3][1] or "They will ask" in found[2][1]


def test_the_speaker_knows_the_answer_before_the_room_does() -> None:
    explained = words("Because.", "why", note="Ask who is sure.")
    run = code("print(1)", "run", said="1")
    found = noted(small(words("## One"), predict("after.order"), run, COMPARE, explained))
    vote = next(each for each in found if 'class="options"' in each[0])
    assert "Ask who is sure" in vote[1]
    assert "Right: " in vote[1]
    assert 'class="right"' not in vote[0]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_vote_and_every_note_reaches_the_speaker(lesson: TaughtLesson) -> None:
    found = noted(lesson)
    votes = [(html, note) for html, note in found if "<li><b>a</b>" in html]
    assert all("Right: " in note for _, note in votes)
    asked = [cell for cell in lesson.nb.cells if called_name(cell) == "predict"]
    assert len(votes) >= len(asked)
    every = "".join(note for _, note in found)
    for cell in lesson.nb.cells:
        if note := course_metadata(cell).get("note"):
            assert to_html(note) in every, cell.id
    exercises = [cell for cell in lesson.nb.cells if "exercise" in course_metadata(cell)]
    assert sum('class="clock"' in html for html, _ in found) == len(exercises)


def test_a_picture_of_another_part_does_not_answer() -> None:
    html = shown(small(words("## One"), predict("after.order"), words("## Two", "v"), picture("flat", 232)))
    assert 'class="right"' in html[3]
    assert "<svg" not in html[3]


def test_what_a_program_printed_stands_above_the_words_about_it() -> None:
    html = shown(small(words("## One"), code("print(2)", "run", said="2 mails"), words("Two!", "v")))
    assert "2 mails" in html[3]
    assert "Two!" in html[3]
    assert "print" in html[2]


@pytest.mark.parametrize("long", ["word " * 120, "Look:\n\n| a | b |\n|---|---|\n| 1 | 2 |"])
def test_what_leaves_no_room_has_a_slide_of_its_own(long: str) -> None:
    html = shown(small(words("## One"), code("print(2)", "run", said="2 mails"), words(long, "v")))
    assert ["2 mails" in each for each in html] == [False, False, False, True, False]
    assert "print" in html[2]


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


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_parts_of_the_english_lesson(language: str) -> None:
    """What is left out, and what may wait, is told by English words that a translation does not have."""
    for ours, theirs in zip(LESSONS, read_lessons(NOTEBOOKS / language), strict=True):
        assert list(theirs.may_wait.values()) == pytest.approx(list(ours.may_wait.values()))
        for one, other in zip(ours.nb.cells, theirs.nb.cells, strict=True):
            if one.cell_type == "markdown":
                said, translated = slides.key_points(ours, one), slides.key_points(theirs, other)
                assert said.count("\n\n") == translated.count("\n\n"), f"{theirs.title}: {one.id}"


@pytest.mark.parametrize(
    ("text", "end"), [("There is a line in the log:", "the log."), ("日志里有一行：", "有一行。")]
)
def test_no_slide_ends_with_a_colon(text: str, end: str) -> None:
    assert f"{end}</p>" in shown(small(words(text)))[1]


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
    lessons = [*LESSONS, *(each for name in languages() for each in read_lessons(NOTEBOOKS / name))]
    found = [graph for lesson in lessons for cell in lesson.nb.cells for graph in graphs(cell.source)]
    assert found
    missing = [drawing(graph).name for graph in found if not drawing(graph).is_file()]
    assert not missing, f"draw them (docs/authoring.md says how) as {missing}"
    kept = {path.name for path in drawing(found[0]).parent.glob("*.svg")}
    assert kept == {drawing(graph).name for graph in found}, "a drawing of a graph that is no more"


@pytest.mark.parametrize("name", ["en", *languages()])
def test_a_talk_says_in_which_language_it_is(name: str) -> None:
    folder = NOTEBOOKS if name == "en" else NOTEBOOKS / name
    deck = slides.deck(read_lessons(folder, [0])[0])
    assert deck.metadata.lang == name.replace("_", "-")


def test_a_graph_without_a_drawing_shows_its_text() -> None:
    html = to_page("Look:\n\n```mermaid\ngraph LR\n  a --> b & c\n```\n\nend")
    assert "<pre>graph LR\n  a --&gt; b &amp; c</pre>" in html
