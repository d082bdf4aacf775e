"""The editions: no answer reaches the students', and every stripper is needed for that."""

from __future__ import annotations

import base64
import copy
import json
from pathlib import Path

import nbformat.v4 as new
import pytest
from nbformat import NotebookNode

from course.notebook import render
from course.practice import lesson as texts_of
from course.practice.exercise_file import path_of
from course.publish.kit import TaughtLesson, editions
from course.publish.kit._html import coloured
from course.publish.kit.editions import STRIPPERS, WORKED_EXAMPLES, answers, leaks, leaks_in_page
from tests.publish.kit.taught import LESSONS

HEADINGS = {lesson.info.lesson: lesson.headings for lesson in LESSONS}

STARTER = "def double(number):\n    ..."
ANSWER = "def double(number):\n    return number + number  # twice\n"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A lesson with one exercise."""
    exercise = path_of(tmp_path / "content" / "small", "small.double")
    exercise.parent.mkdir(parents=True)
    exercise.write_text(f"# %% starter\n{STARTER}\n\n# %% right reference\n{ANSWER}", encoding="utf-8")
    return tmp_path / "content"


def contaminated() -> NotebookNode:
    """A notebook with the answer in every place that a stripper cleans, one kind for each."""
    exercise = new.new_code_cell(ANSWER, id="exercise", metadata={"tags": ["exercise"]})
    exercise.metadata["course"] = {"exercise": "small.double"}
    solution = new.new_code_cell('solution("small.double", show=True)', id="solution")
    coloured = "<pre><span>    return</span> number + number  <i># twice</i></pre>"
    solution.outputs = [new.new_output("display_data", {"text/html": coloured})]
    note = new.new_markdown_cell("Text.", id="note", metadata={"course": {"note": ANSWER}})
    hidden = new.new_code_cell("1", id="hidden", metadata={"answer": ANSWER.splitlines()})
    picture = new.new_markdown_cell("![](attachment:a.txt)", id="picture")
    encoded = base64.b64encode(("# a long enough file\n" + ANSWER).encode()).decode()
    picture.attachments = {"a.txt": {"text/plain": encoded}}
    added = new.new_markdown_cell(
        f"```python\n{ANSWER}\n```", id="added", metadata={"course": {"edition": "instructor"}}
    )
    cells = [exercise, solution, note, hidden, picture, added]
    return new.new_notebook(cells=cells, metadata={"course": {"lesson": "small"}})


def test_all_strippers_together_leave_nothing(content: Path) -> None:
    known = answers("small", content=content)
    assert leaks(contaminated(), known) == ["small.double"]
    clean = editions.student(contaminated(), content=content)
    assert leaks(clean, known) == []
    assert clean.cells[0].source == STARTER


@pytest.mark.parametrize("stripper", STRIPPERS)
def test_without_one_stripper_the_gate_finds_the_answer(stripper: str, content: Path) -> None:
    known = answers("small", content=content)
    clean = editions.student(contaminated(), content=content, without={stripper})
    assert leaks(clean, known) == ["small.double"]


@pytest.mark.parametrize(
    "hidden",
    [
        ANSWER,
        "x = 1\n        return  number + number\n",
        "<b>return</b> number + number",
        "return number + number &lt;!-- --&gt;\nreturn number&#32;+ number",
        json.dumps({"source": ANSWER}),
    ],
)
def test_an_answer_is_found_however_it_is_written(hidden: str, content: Path) -> None:
    known = answers("small", content=content)
    nb = new.new_notebook(cells=[new.new_raw_cell(hidden, id="raw")])
    assert leaks(nb, known) == ["small.double"]


def test_a_page_is_looked_through_too(content: Path) -> None:
    known = answers("small", content=content)
    assert leaks_in_page(coloured(ANSWER), known) == ["small.double"]
    assert leaks_in_page(coloured(STARTER), known) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_students_get_what_is_shipped_but_no_notes(lesson: TaughtLesson) -> None:
    known = answers(lesson.info.lesson)
    given = editions.student(lesson.nb)
    assert known
    assert leaks(given, known) == []
    without_notes = copy.deepcopy(lesson.nb)
    for cell in without_notes.cells:
        cell.metadata.get("course", {}).pop("note", None)
    shipped = json.loads(render(without_notes))
    for cell in shipped["cells"]:
        if cell["metadata"].get("course") == {}:
            del cell["metadata"]["course"]
    assert json.loads(render(given)) == shipped


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_instructors_get_everything(lesson: TaughtLesson) -> None:
    text = texts_of(lesson.info.lesson).text
    known = answers(lesson.info.lesson)
    full = editions.instructor(lesson, text, HEADINGS)
    assert set(leaks(full, known)) == {name for name, answer in known.items() if answer.telling}
    said = "\n".join(cell.source for cell in full.cells if cell.cell_type == "markdown")
    notes = [cell.metadata.get("course", {}).get("note") for cell in lesson.nb.cells]
    assert all(note in said for note in notes if note)
    for exercise in text.exercises.values():
        assert exercise.title in said
    beliefs = [idea.belief for id, idea in text.misconceptions.items() if id in text.referenced()]
    assert all(" ".join(belief.split()).replace("|", "\\|") in said for belief in beliefs)
    assert len({cell.id for cell in full.cells}) == len(full.cells)
    again = editions.student(full)
    assert leaks(again, known) == []
    assert [cell.source for cell in again.cells] == [cell.source for cell in lesson.nb.cells]


def test_each_worked_example_is_one() -> None:
    cells = {cell.id: cell for lesson in LESSONS for cell in lesson.nb.cells}
    known = {name: answer for lesson in LESSONS for name, answer in answers(lesson.info.lesson).items()}
    for exercise, cell in WORKED_EXAMPLES.items():
        lines = set(editions._lines(cells[cell].source))
        assert lines.issuperset(known[exercise].telling), "it needs no exception any more"
