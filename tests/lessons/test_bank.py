"""Every lesson's content holds what it promises. Knows no lesson by name: a new one is found by itself."""

import ast
import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from course import notebook, practice
from course.cli.test import LESSON
from course.notebook import source
from course.practice import ContentError, Lesson, bank, find_exercise, lesson
from course.practice.exercise_file import exercises_in, prelude_of
from course.practice.texts import HINTS, lesson_names, misconception_text, notebook_of
from course.publish import still_to_write

pytestmark = pytest.mark.waits

CALLS = re.compile(r"\b(?:check|quiz|predict|compare|answer|hint|solution)\(([^()]*)\)")
IMPORTED = re.compile(r"^from course import ([^#\n]+)", re.MULTILINE)
IDS = re.compile(r"""["']([a-z]+\.[a-z0-9-]+)["']""")


NAMES = [name for name in lesson_names() if os.environ.get(LESSON, name) == name]


def cells(lesson: str) -> list[dict[str, Any]]:
    """The cells of a lesson's notebook; none when it is not there."""
    path = notebook_of(lesson)
    return notebook.cells(notebook.read_raw(path)) if path else []


def valid_lessons() -> Iterator[Lesson]:
    for name in NAMES:
        try:
            yield lesson(name)
        except ContentError:  # test_content_is_valid tells
            continue


def valid_programs() -> Iterator[bank.Program]:
    for each, id in ALL_EXERCISES:
        try:
            yield from bank.programs(each, id)
        except ContentError:  # test_the_file_of_an_exercise_is_valid tells
            continue


def telling(programs: Iterable[bank.Program]) -> Iterator[bank.Program]:
    """Of each exercise the starter, a right program, and for each promise the first that breaks it. A run of
    everything leaves the rest to ``--whole``, and to ``--lesson`` for who changes a check. The reference is
    run by the notebook's own test.
    """
    seen: set[tuple[str, ...]] = set()
    for program in programs:
        if program.name == "right_reference" or (program.kind == "wrong" and not program.breaks):
            continue
        key = (program.exercise, program.kind, program.breaks or "")
        if key not in seen:
            yield program
        seen.add(key)


LESSONS = list(valid_lessons())
ALL_EXERCISES = [(each, id) for each in LESSONS for id in each.text.exercises]
PROGRAMS = list(valid_programs())
TELLING = {id(program) for program in telling(PROGRAMS)}
EXERCISES = [(each, id) for each, id in ALL_EXERCISES if id in {program.exercise for program in PROGRAMS}]

every_lesson = pytest.mark.parametrize("found", LESSONS, ids=[each.name for each in LESSONS])
every_exercise = pytest.mark.parametrize(("found", "id"), EXERCISES, ids=[id for _, id in EXERCISES])
every_file = pytest.mark.parametrize(("found", "id"), ALL_EXERCISES, ids=[id for _, id in ALL_EXERCISES])


def every_program(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "program",
        [
            pytest.param(
                program,
                id=f"{program.exercise}-{program.name}",
                marks=() if id(program) in TELLING else pytest.mark.thorough,
            )
            for program in PROGRAMS
            if program.kind == kind
        ],
    )


@pytest.fixture
def nothing_left() -> Iterator[Callable[[], list[str]]]:
    """Names of the threads that were not there before."""
    before = set(threading.enumerate())

    def left() -> list[str]:
        end = time.monotonic() + 60
        new = set(threading.enumerate()) - before
        for thread in new:
            thread.join(max(0.0, end - time.monotonic()))
        return sorted(thread.name for thread in new if thread.is_alive())

    return left


@pytest.mark.parametrize("name", NAMES)
def test_content_is_valid(name: str) -> None:
    lesson(name)


@every_file
def test_the_file_of_an_exercise_is_valid(found: Lesson, id: str) -> None:
    bank.programs(found, id)


@every_lesson
def test_every_file_is_that_of_an_exercise(found: Lesson) -> None:
    assert set(exercises_in(found.folder)) <= set(found.text.exercises), "remove it, or add it to en.yaml"


@every_lesson
def test_nothing_is_left_to_write(found: Lesson) -> None:
    left = still_to_write(found.folder)
    assert not left, "\n" + "\n".join(left)


def test_there_is_something_to_look_at() -> None:
    assert LESSONS
    assert PROGRAMS or os.environ.get(LESSON), "a single lesson may have no exercise yet"


@every_program("starter")
def test_the_starter_is_no_attempt(program: bank.Program) -> None:
    result = program.check()
    assert result.state == "not attempted", result


@every_program("right")
def test_a_right_program_passes(program: bank.Program, nothing_left: Callable[[], list[str]]) -> None:
    result = program.check()
    assert result.passed, f"{program.place}\n{result}\n{result.timeline}"
    assert nothing_left() == []


@every_program("wrong")
def test_a_wrong_program_gets_its_own_message(program: bank.Program) -> None:
    result = program.check()
    assert (result.miss or result.state) == program.gets, f"{program.place}\n{result}\n{result.timeline}"


@every_exercise
def test_the_bank_of_an_exercise_is_complete(found: Lesson, id: str) -> None:
    programs = bank.programs(found, id)
    kinds = [program.kind for program in programs]
    assert kinds.count("starter") == 1, "write `# %% starter`"
    assert kinds.count("right") >= 2, "write another right program: `# %% right <name>`"
    assert kinds.count("wrong") >= 3, "write more wrong programs: `# %% wrong <name> gets <miss>`"
    assert "right_reference" in [program.name for program in programs], "write `# %% right reference`"
    assert len(found.text.exercises[id].hints) == HINTS
    assert set(find_exercise(id, found).wants)


@every_exercise
def test_right_programs_differ(found: Lesson, id: str) -> None:
    right = [p for p in bank.programs(found, id) if p.kind == "right"]
    assert len({ast.dump(ast.parse(program.source)) for program in right}) == len(right)


@every_exercise
def test_every_miss_has_a_program_that_gets_it(found: Lesson, id: str) -> None:
    got = {program.gets for program in bank.programs(found, id) if program.kind == "wrong"}
    without = set(found.text.exercises[id].misses) - got
    assert without == set(), "write a wrong program that gets it, or remove the miss from en.yaml"


@every_exercise
def test_every_promise_is_broken_by_a_program(found: Lesson, id: str) -> None:
    broken = {program.breaks for program in bank.programs(found, id) if program.kind == "wrong"}
    promises = set(found.text.exercises[id].promises)
    assert broken - {None} == promises, "each promise of en.yaml: `# %% wrong … gets … breaks <promise>`"


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


def sound_lessons() -> Iterator[Lesson]:
    """The lessons whose content can be read: a fault of one says nothing of the others."""
    for name in lesson_names():
        with contextlib.suppress(ContentError):
            yield lesson(name)


@every_lesson
def test_every_misconception_is_used_and_cured(found: Lesson) -> None:
    described = set(found.text.misconceptions)
    everywhere = {id for each in sound_lessons() for id in each.text.referenced()}
    assert described <= everywhere, "describe only what an option or a miss points at"
    there = {cell.get("id") for cell in cells(found.name)}
    cures = {id: misconception.cure for id, misconception in found.text.misconceptions.items()}
    assert {id: cure for id, cure in cures.items() if cure not in there} == {}, "no such cell in the notebook"
    assert {id for id in found.text.referenced() - described if misconception_text(id) is None} == set()


def places() -> dict[str, tuple[int, int]]:
    """For each exercise and question the number of its lesson and of its cell; for each cell the same, after
    the lesson's name.
    """
    found: dict[str, tuple[int, int]] = {}
    for number, each in enumerate(lesson_names()):
        for position, cell in enumerate(cells(each)):
            at = (number, position)
            found[f"{each} {cell.get('id')}"] = at
            if (call := notebook.only_call(cell)) and notebook.called_name(cell) in ("quiz", "predict"):
                found |= {str(getattr(argument, "value", "")): at for argument in call.args}
            if id := notebook.course_metadata(cell).get("exercise"):
                found[id] = at
    return found


@every_lesson
def test_every_cure_stands_before_what_it_cures(found: Lesson) -> None:
    at = places()
    pointed = [
        (id, miss.misconception, f"{found.name} {miss.cure}" if miss.cure else None)
        for id, text in found.text.exercises.items()
        for miss in text.misses.values()
    ]
    pointed += [
        (id, option.misconception, None)
        for id, question in found.text.questions.items()
        if question.kind == "quiz"
        for option in question.options.values()
    ]
    ahead = []
    for id, misconception, own in pointed:
        idea = misconception_text(misconception) if misconception else None
        cure = own or (f"{idea[0].name} {idea[1].cure}" if idea else None)
        if cure is not None and at[cure] >= at[id]:
            ahead.append(f"{id}: {cure}")
    assert ahead == [], "name an earlier cell: `cure:` of the misconception, or of the miss"


@every_lesson
def test_every_cure_is_a_cell_that_teaches(found: Lesson) -> None:
    text_of = {str(cell.get("id")): source(cell) for cell in cells(found.name)}
    own = {miss.cure for text in found.text.exercises.values() for miss in text.misses.values()}
    cures = {each.cure for each in found.text.misconceptions.values()} | (own - {None})
    bare = [cure for cure in cures if not re.sub(r"(?m)^#+ .*$", "", text_of[str(cure)]).strip()]
    assert bare == [], "a heading teaches nothing: name the cell below it"


@every_lesson
def test_every_prediction_is_compared_below_its_run(found: Lesson) -> None:
    """And the prose that explains it is folded until then."""
    every = cells(found.name)
    calls = [notebook.called_with(cell) for cell in every]
    for position, call in enumerate(calls):
        if call is None or call[0] != "predict":
            continue
        assert ("compare", call[1]) in calls[position + 2 :], f"{call[1]}: add a cell with compare()"
        below = position + calls[position:].index(("compare", call[1]))
        prose = next(source(cell) for cell in every[below:] if cell["cell_type"] == "markdown")
        assert prose.startswith((notebook.FOLD, "#")), f"{call[1]}: fold what explains it (docs/authoring.md)"


def single_answers(kind: str) -> list[tuple[str, int]]:
    """The letter of the right option of each question that has one, and how many options there are."""
    return [
        (question.letters[key], len(question.options))
        for each in lesson_names()
        for question in lesson(each).text.questions.values()
        if question.kind == kind and len(question.right) == 1 and not question.several
        for key in question.right
    ]


@pytest.mark.parametrize("kind", ["prediction", "quiz"])
def test_right_options_are_spread_over_the_letters(kind: str) -> None:
    """Nobody gets far by a letter: each is right about as often as chance would have it."""
    found = single_answers(kind)
    for place, letter in enumerate("abcd"):
        expected = sum(1 / options for _, options in found if options > place)
        count = [right for right, _ in found].count(letter)
        assert abs(count - expected) <= max(3, 0.2 * expected), f"{letter}: {count}, {expected:.0f} expected"


CODE = re.compile(
    r"(?<![\w`{/@.-])(?:[a-z]+_\w+|\w+\(\)|async def|(?:[a-z]\w*\.)+[a-z_]+\(|[A-Z]\w*(?:Error|Exception)\b)"
)


def words_of(node: object) -> Iterator[str]:
    """Every text that learners read in a catalogue."""
    if isinstance(node, dict):
        ids = ("misconception", "cure", "kind")
        yield from (text for key, value in node.items() if key not in ids for text in words_of(value))
    elif isinstance(node, list):
        yield from (text for value in node for text in words_of(value))
    elif isinstance(node, str):
        yield node


@every_lesson
def test_code_is_set_in_code_font(found: Lesson) -> None:
    plain = [
        re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL) for text in words_of(found.text.model_dump())
    ]
    bare = [match[0] for text in plain for match in CODE.finditer(text)]
    assert bare == [], "put it between backticks"


def imported(text: str) -> set[str]:
    """The names that a program imports at its top level, except the calls of the engine."""
    statements = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.asname or alias.name for node in statements for alias in node.names}
    return {name for name in names if name not in practice.__all__}


@every_lesson
def test_the_prelude_has_what_the_notebook_imports_first(found: Lesson) -> None:
    """Otherwise a learner's program works in the notebook, and its copy in the bank does not."""
    code = [source(cell) for cell in cells(found.name) if cell["cell_type"] == "code"]
    path = prelude_of(found.folder)
    prelude = path.read_text("utf-8") if path.is_file() else ""
    assert imported(code[0] if code else "") - imported(prelude) == set(), "import it in exercises/prelude.py"


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
    assert marked == given, "the cell with the metadata course.exercise holds exactly `# %% starter`"


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
    assert {"answer", "check", "hint", "solution"} <= imported, "from course import …"
