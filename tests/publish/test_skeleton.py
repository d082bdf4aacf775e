"""What an author begins with works, and only complains about what is still to be written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.notebook import parse, read, render
from course.paths import ROOT
from course.publish import SkeletonError, audit, new_exercise, new_lesson, still_to_write
from course.publish._normal import normalise

PLUGIN = """
import os
from pathlib import Path

import course.lessons
from course.practice import texts

root = Path(os.environ["BEGUN"])
course.lessons.__path__ = [str(root / "course" / "lessons")]
texts.notebooks_folder = lambda: root / "notebooks"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with a lesson and an exercise that were just begun."""
    (tmp_path / "course" / "lessons").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    new_lesson("first_steps", root=tmp_path)
    new_exercise("first.walk", root=tmp_path)
    return tmp_path


def lesson_in(root: Path) -> Path:
    return root / "course" / "lessons" / "first_steps"


def notebook_in(root: Path) -> Path:
    return root / "notebooks" / "00_first_steps.ipynb"


def test_the_audit_asks_for_a_run_and_for_what_is_to_be_written(root: Path) -> None:
    findings = audit(notebook_in(root), lessons=root / "course" / "lessons")
    assert {finding.rule for finding in findings} == {"not-run", "unwritten"}
    unwritten = [finding for finding in findings if finding.rule == "unwritten"]
    assert {finding.cell for finding in unwritten} == {
        *("", "title", "first-intro", "recap"),  # the lesson's
        *("walk-intro", "walk-exercise"),
    }
    assert all("TODO" in finding.problem for finding in unwritten)


def test_the_bank_test_names_every_line_that_is_to_be_written_and_nothing_else(root: Path) -> None:
    (root / "begun.py").write_text(PLUGIN, encoding="utf-8")
    paths = os.pathsep.join([str(ROOT), str(root)])
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "begun",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rf",
        "--tb=short",
    ]
    run = subprocess.run(
        [*command, str(ROOT / "tests" / "lessons" / "test_bank.py")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "BEGUN": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    failed = re.findall(r"^FAILED \S+::(\w+)", run.stdout, re.MULTILINE)
    assert failed == ["test_nothing_is_left_to_write"], run.stdout + run.stderr
    assert "first_steps/checks.py, line 10: is still to be written: " in run.stdout


def test_every_file_of_the_exercise_says_what_is_to_be_written(root: Path) -> None:
    said = "\n".join(still_to_write(lesson_in(root)))
    for name in ("__init__.py", "checks.py", "en.yaml", "exercises/first.walk.py"):
        assert f"first_steps/{name}, line " in said
    assert "prelude.py" not in said


def test_what_is_written_keeps_the_style(root: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", root)
    for command in (["check"], ["format", "--check"]):
        options = [*command, "--no-cache", "."]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *options], cwd=root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    text = notebook_in(root).read_text("utf-8")
    assert render(normalise(parse(text))) == text


def test_a_second_exercise_stands_behind_the_first(root: Path) -> None:
    new_exercise("first.run", root=root)
    new_exercise("first.class", root=root)  # no function can have this name
    ids = [cell.id for cell in read(notebook_in(root)).cells]
    parts = ("intro", "exercise", "check")
    exercises = [f"{name}-{part}" for name in ("walk", "run", "class") for part in parts]
    assert ids == ["title", "imports", "first-intro", *exercises, "recap", "progress"]
    assert "def do_class(" in (lesson_in(root) / "exercises" / "first.class.py").read_text("utf-8")
    catalogue = (lesson_in(root) / "en.yaml").read_text("utf-8")
    assert re.findall(r"^  (first\.\w+):", catalogue, re.MULTILINE) == [
        "first.walk",
        "first.run",
        "first.class",
    ]


def test_what_stands_in_the_catalogue_stays_as_it_is(root: Path) -> None:
    path = lesson_in(root) / "en.yaml"
    entry = path.read_text("utf-8")
    questions = (
        "\n# what is asked\nquestions:\n  first.which:\n    ask: 'Which?'\n    options:\n"
        "      a: {text: 'This', why: 'So.', right: true}\n"
        "      b: {text: 'That', why: 'No.', misconception: other.idea}\n"
    )
    path.write_text(entry + questions, encoding="utf-8")
    new_exercise("first.run", root=root)
    after = path.read_text("utf-8")
    assert after.startswith(entry)
    assert after.endswith(questions)


def test_cells_whose_name_is_taken_get_a_number(root: Path) -> None:
    text = notebook_in(root).read_text("utf-8")
    notebook_in(root).write_text(text.replace('"first-intro"', '"run-check"'), encoding="utf-8")
    assert "run-2-exercise" in new_exercise("first.run", root=root).written[notebook_in(root)]


def in_the_catalogue(root: Path) -> None:
    (lesson_in(root) / "exercises" / "first.walk.py").unlink()


def in_the_checks(root: Path) -> None:
    in_the_catalogue(root)
    (lesson_in(root) / "en.yaml").write_text("", encoding="utf-8")


def in_the_notebook(root: Path) -> None:
    in_the_checks(root)
    (lesson_in(root) / "checks.py").unlink()


def broken_catalogue(root: Path) -> None:
    (lesson_in(root) / "en.yaml").write_text("exercises: [", encoding="utf-8")


def broken_checks(root: Path) -> None:
    (lesson_in(root) / "checks.py").write_text("def (", encoding="utf-8")


def broken_notebook(root: Path) -> None:
    notebook_in(root).write_text("<<<<<<< HEAD", encoding="utf-8")


def no_notebook(root: Path) -> None:
    notebook_in(root).unlink()


def nothing(root: Path) -> None:
    pass


REFUSED = [
    ("first.walk", nothing, "first.walk.py: the file is there already"),
    ("first.walk", in_the_catalogue, "en.yaml: the entry first.walk is there already"),
    ("first.walk", in_the_checks, "checks.py: a check of first.walk is there already"),
    (
        "first.walk",
        in_the_notebook,
        "the cell of first.walk is there already. Choose another name, or remove",
    ),
    ("walk", nothing, "'walk' is not an id: write `lesson.some-name`"),
    ("first.Walk", nothing, "'first.Walk' is not an id"),
    (
        "other.walk",
        nothing,
        "No lesson begins with other. There are: first_steps. `new lesson <name>` begins",
    ),
    ("first.run", broken_catalogue, "is not valid YAML"),
    ("first.run", broken_checks, "checks.py, line 1: invalid syntax. Correct it first."),
    ("first.run", broken_notebook, "00_first_steps.ipynb: is not a notebook"),
    ("first.run", no_notebook, "first_steps has no notebook: there is no notebooks/NN_first_steps.ipynb"),
]


@pytest.mark.parametrize(("id", "damage", "says"), REFUSED)
def test_an_exercise_that_cannot_be_begun_leaves_everything_as_it_is(
    root: Path, id: str, damage: object, says: str
) -> None:
    damage(root)  # type: ignore[operator]
    before = contents(root)
    with pytest.raises(SkeletonError, match=re.escape(says)):
        new_exercise(id, root=root)
    assert contents(root) == before


@pytest.mark.parametrize(("id", "lesson"), [("other.walk", "first_steps"), ("first.run", "second_steps")])
def test_the_lesson_that_is_named_must_be_there_and_have_such_ids(root: Path, id: str, lesson: str) -> None:
    says = {
        "first_steps": "begin with first: write first.walk.",
        "second_steps": "There is no lesson second_",
    }
    with pytest.raises(SkeletonError, match=re.escape(says[lesson])):
        new_exercise(id, lesson, root=root)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("first_steps", "the lesson is there already"),
        ("first_aid", "The ids of first_steps begin with first already: choose another first word"),
        ("Second", "'Second' cannot be a lesson's name"),
        ("2nd_steps", "'2nd_steps' cannot be a lesson's name"),
    ],
)
def test_a_lesson_that_cannot_be_begun_leaves_everything_as_it_is(root: Path, name: str, says: str) -> None:
    before = contents(root)
    with pytest.raises(SkeletonError, match=re.escape(says)):
        new_lesson(name, root=root)
    assert contents(root) == before


def contents(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
