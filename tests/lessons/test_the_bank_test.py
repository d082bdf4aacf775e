"""The bank test sees what it is there to see: each fault, planted in a copy, fails the tests that name it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from course.practice.exercise_file import path_of, source_of

ROOT = Path(__file__).parents[2]
REHEARSAL = ROOT / "tests" / "practice" / "lessons" / "rehearsal"
ID = "demo.welcome"

PLUGIN = """
import os
from pathlib import Path

import course.lessons
from course.practice import texts

folder = Path(os.environ["PLANTED"])
course.lessons.__path__ = [str(folder / "lessons")]
texts.notebooks_folder = lambda: folder / "notebooks"
"""


def programs(lesson: Path) -> Path:
    return path_of(lesson, ID)


def program(lesson: Path, name: str) -> str:
    """The cell of that program: its header and its text."""
    (cell,) = re.findall(rf"# %% {name}\b.*?(?=\n+# %% |\Z)", programs(lesson).read_text("utf-8"), re.DOTALL)
    return str(cell)


def add(lesson: Path, header: str, like: str) -> None:
    """One more program, with the text of another."""
    text = program(lesson, like).partition("\n")[2]
    with programs(lesson).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{header}\n{text}")


def edit_program(lesson: Path, name: str, old: str, new: str) -> None:
    cell = program(lesson, name)
    assert old in cell
    edit(programs(lesson), cell, cell.replace(old, new))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def wrong_is_right(lesson: Path) -> None:
    add(lesson, "# %% wrong new gets never-called", like="right reference")


def right_is_wrong(lesson: Path) -> None:
    edit_program(lesson, "right async", "welcome, user.email", 'welcome, "x"')


def another_miss(lesson: Path) -> None:
    edit_program(lesson, "wrong called", "gets called-not-passed", "gets never-called")


def no_miss(lesson: Path) -> None:
    edit_program(lesson, "wrong called", " gets called-not-passed", "")


def started(lesson: Path) -> None:
    edit_program(lesson, "starter", "____, user", "print, user")


def miss_without_program(lesson: Path) -> None:
    edit(lesson / "en.yaml", "      never-called:", '      new: {says: "New."}\n      never-called:')


def one_right(lesson: Path) -> None:
    edit(programs(lesson), program(lesson, "right async"), "")


def twice_the_same(lesson: Path) -> None:
    add(lesson, "# %% right again", like="right reference")


def no_such_exercise(lesson: Path) -> None:
    shutil.copy(programs(lesson), programs(lesson).with_name("demo.other.py"))


def still_a_skeleton(lesson: Path) -> None:
    edit(lesson / "checks.py", '"""The checks', '"""TODO: The checks')


def no_cure(lesson: Path) -> None:
    edit(lesson / "en.yaml", "cure: passing}\n  demo.queue", "cure: elsewhere}\n  demo.queue")


def unused_idea(lesson: Path) -> None:
    edit(
        lesson / "en.yaml", "misconceptions:", 'misconceptions:\n  demo.new: {belief: "New.", cure: passing}'
    )


def question_not_asked(lesson: Path) -> None:
    edit(notebook_of(lesson), "demo.order", "demo.where")


def unknown_question(lesson: Path) -> None:
    edit(notebook_of(lesson), "quiz(", 'quiz(\\"demo.wher\\", ')


def not_checked(lesson: Path) -> None:
    edit(notebook_of(lesson), "check(", "hint(")


def answer_not_imported(lesson: Path) -> None:
    edit(notebook_of(lesson), "answer, check", "check")


def more_imported(lesson: Path) -> None:
    edit(notebook_of(lesson), "from course import answer", "import time\\nfrom course import answer")


def other_starter(lesson: Path) -> None:
    edit(notebook_of(lesson), "____, user", "____, the_user")


def bad_yaml(lesson: Path) -> None:
    edit(lesson / "en.yaml", "exercises:", "exercise:")


FAULTS: dict[Callable[[Path], None], set[str]] = {
    wrong_is_right: {"a_wrong_program_gets_its_own_message"},
    right_is_wrong: {"a_right_program_passes"},
    another_miss: {"a_wrong_program_gets_its_own_message", "every_miss_has_a_program_that_gets_it"},
    no_miss: {"the_file_of_an_exercise_is_valid", "every_starter_is_the_notebooks_cell"},
    started: {"every_starter_is_the_notebooks_cell"},
    miss_without_program: {"every_miss_has_a_program_that_gets_it"},
    one_right: {"the_bank_of_an_exercise_is_complete"},
    twice_the_same: {"right_programs_differ"},
    no_such_exercise: {"every_file_is_that_of_an_exercise"},
    still_a_skeleton: {"nothing_is_left_to_write"},
    no_cure: {
        "every_misconception_is_used_and_cured",
        "every_cure_stands_before_what_it_cures",
        "every_cure_is_a_cell_that_teaches",
    },
    unused_idea: {"every_misconception_is_used_and_cured"},
    question_not_asked: {"the_notebook_uses_everything_and_nothing_else"},
    unknown_question: {"the_notebook_uses_everything_and_nothing_else"},
    not_checked: {"the_notebook_uses_everything_and_nothing_else"},
    answer_not_imported: {"what_the_engine_tells_to_call_is_imported"},
    more_imported: {"the_prelude_has_what_the_notebook_imports_first"},
    other_starter: {"every_starter_is_the_notebooks_cell"},
    bad_yaml: {"content_is_valid"},
}


# Several in one lesson, for speed; the tests of those in one lesson differ.
PLANTED: dict[str, list[Callable[[Path], None]]] = {
    "sound": [],
    "first": [
        wrong_is_right,
        right_is_wrong,
        miss_without_program,
        no_such_exercise,
        no_cure,
        question_not_asked,
        other_starter,
    ],
    "second": [another_miss, twice_the_same, unused_idea, unknown_question, answer_not_imported, started],
    "third": [one_right, not_checked, still_a_skeleton, more_imported],
    "fourth": [bad_yaml],
    "fifth": [no_miss],
}


def notebook_of(lesson: Path) -> Path:
    return next((lesson.parents[1] / "notebooks").glob(f"*_{lesson.name}.ipynb"))


def plant(folder: Path, number: int, name: str) -> None:
    """A copy of the rehearsal with ids of its own, its notebook, and its faults."""
    lesson = folder / "lessons" / name
    shutil.copytree(REHEARSAL, lesson, ignore=shutil.ignore_patterns("__pycache__"))
    code = [
        "from course import answer, check, hint, solution",
        'quiz("demo.where", "demo.which")',
        'predict("demo.order")',
        "order = 1",
        'compare("demo.order")',
        "## Exercise",
        source_of(lesson, ID, "starter"),
        'check("demo.welcome")',
    ]
    cells = [
        {
            "id": "passing",
            "cell_type": "markdown",
            "metadata": {},
            "source": "## Passing\n\nHand over the function.",
        }
    ]
    for text in code:
        metadata = {"course": {"exercise": ID}} if "def build_register" in text else {}
        kind = "markdown" if text.startswith("#") else "code"
        cells.append({"id": "", "cell_type": kind, "metadata": metadata, "source": text})
    (folder / "notebooks").mkdir(exist_ok=True)
    notebook = folder / "notebooks" / f"{number:02d}_{name}.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    for fault in PLANTED[name]:
        fault(lesson)
    for path in [notebook, lesson / "en.yaml", lesson / "checks.py"]:
        path.write_text(path.read_text("utf-8").replace("demo.", f"{name}."), encoding="utf-8")
    programs(lesson).rename(path_of(lesson, f"{name}.welcome"))


@pytest.mark.long
def test_each_planted_fault_is_caught_by_its_own_tests(tmp_path: Path) -> None:
    assert {fault for faults in PLANTED.values() for fault in faults} == set(FAULTS)
    for number, name in enumerate(PLANTED):
        plant(tmp_path, number, name)
    (tmp_path / "planted.py").write_text(PLUGIN, encoding="utf-8")
    options = ["-p", "planted", "-p", "no:cacheprovider", "-q", "-rf", "--tb=line"]
    paths = os.pathsep.join([str(ROOT), str(tmp_path)])
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(ROOT / "tests" / "lessons" / "test_bank.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "PLANTED": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    failed = re.findall(r"^FAILED \S+::test_(\w+)\[([a-z]+)", run.stdout, re.MULTILINE)
    caught = {name: {test for test, lesson in failed if lesson == name} for name in PLANTED}
    expected = {name: set().union(*(FAULTS[fault] for fault in faults)) for name, faults in PLANTED.items()}
    assert caught == expected, run.stdout + run.stderr
