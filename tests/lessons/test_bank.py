"""Every lesson's content holds what it promises. Knows no lesson by name: a new one is found by itself."""

import ast
import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from course.practice import ContentError, Lesson, bank, find_exercise, lesson
from course.practice._content import HINTS, lesson_names, misconception_text
from course.practice._notebook import cells, source

pytestmark = pytest.mark.waits

CALLS = re.compile(r"\b(?:check|quiz|predict|answer|hint|solution)\(([^()]*)\)")
IMPORTED = re.compile(r"^from course import ([^#\n]+)", re.MULTILINE)
IDS = re.compile(r"""["']([a-z]+\.[a-z0-9-]+)["']""")


def valid_lessons() -> Iterator[Lesson]:
    for name in lesson_names():
        try:
            yield lesson(name)
        except ContentError:  # test_content_is_valid tells
            continue


LESSONS = list(valid_lessons())
EXERCISES = [(each, id) for each in LESSONS for id in each.text.exercises]
PROGRAMS = [program for each, id in EXERCISES for program in bank.programs(each, id)]

every_lesson = pytest.mark.parametrize("found", LESSONS, ids=[each.name for each in LESSONS])
every_exercise = pytest.mark.parametrize(("found", "id"), EXERCISES, ids=[id for _, id in EXERCISES])


def every_program(kind: str) -> pytest.MarkDecorator:
    chosen = [program for program in PROGRAMS if program.kind == kind]
    return pytest.mark.parametrize("program", chosen, ids=[f"{p.exercise}-{p.name}" for p in chosen])


@pytest.fixture
def nothing_left() -> Iterator[Callable[[], list[str]]]:
    """Names of the threads that were not there before."""
    before = set(threading.enumerate())

    def left() -> list[str]:
        end = time.monotonic() + 5
        new = set(threading.enumerate()) - before
        for thread in new:
            thread.join(max(0.0, end - time.monotonic()))
        return sorted(thread.name for thread in new if thread.is_alive())

    return left


@pytest.mark.parametrize("name", lesson_names())
def test_content_is_valid(name: str) -> None:
    lesson(name)


def test_there_is_something_to_look_at() -> None:
    assert LESSONS
    assert PROGRAMS


@every_program("starter")
def test_the_starter_is_no_attempt(program: bank.Program) -> None:
    result = program.check()
    assert result.state == "not attempted", result


@every_program("right")
def test_a_right_program_passes(program: bank.Program, nothing_left: Callable[[], list[str]]) -> None:
    result = program.check()
    assert result.passed, f"{program.path}\n{result}\n{result.timeline}"
    assert nothing_left() == []


@every_program("wrong")
def test_a_wrong_program_gets_its_own_message(program: bank.Program) -> None:
    result = program.check()
    assert (result.miss or result.state) == program.gets, f"{program.path}\n{result}\n{result.timeline}"


@every_exercise
def test_the_bank_of_an_exercise_is_complete(found: Lesson, id: str) -> None:
    programs = bank.programs(found, id)
    kinds = [program.kind for program in programs]
    assert set(kinds) <= {"starter", "right", "wrong"}, "name a program starter, right_… or wrong_…"
    assert kinds.count("starter") == 1
    assert kinds.count("right") >= 2
    assert kinds.count("wrong") >= 3
    assert "right_reference" in [program.name for program in programs]
    assert len(found.text.exercises[id].hints) == HINTS
    assert set(find_exercise(id, found).wants)


@every_exercise
def test_right_programs_differ(found: Lesson, id: str) -> None:
    right = [p for p in bank.programs(found, id) if p.kind == "right"]
    assert len({ast.dump(ast.parse(program.source)) for program in right}) == len(right)


@every_exercise
def test_every_miss_has_a_program_that_gets_it(found: Lesson, id: str) -> None:
    got = {program.gets for program in bank.programs(found, id) if program.kind == "wrong"}
    assert set(found.text.exercises[id].misses) <= got


@every_exercise
def test_every_promise_is_broken_by_a_program(found: Lesson, id: str) -> None:
    broken = {program.breaks for program in bank.programs(found, id) if program.kind == "wrong"}
    assert broken - {None} == set(found.text.exercises[id].promises)


@every_lesson
def test_every_promise_stands_in_the_task(found: Lesson) -> None:
    prose = [source(cell) for cell in cells(found.name) if cell["cell_type"] == "markdown"]
    told = {
        line.removeprefix("- ").strip()
        for text in prose
        for line in text.splitlines()
        if line.startswith("- ")
    }
    for id, text in found.text.exercises.items():
        assert set(text.promises.values()) <= told, f"{id}: the notebook's task lists each promise"


@every_lesson
def test_every_misconception_is_used_and_cured(found: Lesson) -> None:
    described = set(found.text.misconceptions)
    assert described <= found.text.referenced(), "describe only what an option or a miss points at"
    there = {cell.get("id") for cell in cells(found.name)}
    cures = {id: misconception.cure for id, misconception in found.text.misconceptions.items()}
    assert {id: cure for id, cure in cures.items() if cure not in there} == {}, "no such cell in the notebook"
    assert {id for id in found.text.referenced() - described if misconception_text(id) is None} == set()


@every_lesson
def test_every_starter_is_the_notebooks_cell(found: Lesson) -> None:
    given = {
        program.exercise: program.source.strip()
        for program in PROGRAMS
        if program.kind == "starter" and program.lesson == found
    }
    marked = {
        cell["metadata"]["course"]["exercise"]: source(cell).strip()
        for cell in cells(found.name)
        if "exercise" in cell["metadata"].get("course", {})
    }
    assert marked == given


@every_lesson
def test_the_notebook_uses_everything_and_nothing_else(found: Lesson) -> None:
    code = "\n".join(source(cell) for cell in cells(found.name) if cell["cell_type"] == "code")
    used = {id for arguments in CALLS.findall(code) for id in IDS.findall(arguments)}
    checked = {
        id for id in found.text.exercises if re.search(rf"\bcheck\(\s*[\"']{re.escape(id)}[\"']", code)
    }
    assert checked == set(found.text.exercises), "each exercise has its check cell"
    assert set(found.text.questions) <= used, "each question is asked"
    assert used <= {*found.text.exercises, *found.text.questions}, "no such exercise or question"


@every_lesson
def test_what_the_engine_tells_to_call_is_imported(found: Lesson) -> None:
    code = "\n".join(source(cell) for cell in cells(found.name) if cell["cell_type"] == "code")
    imported = {name.strip() for names in IMPORTED.findall(code) for name in names.split(",")}
    assert {"answer", "check", "hint", "solution"} <= imported
