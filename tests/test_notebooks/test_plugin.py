from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from course.cli import run_inside
from course.paths import ROOT
from course.publish._gate import missing_cells, notebooks_of
from course.publish.plugin import Cell, WholeNotebooks, pytest_collection_modifyitems


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("notebooks/00_a.ipynb::Cell 0 x", "notebooks/00_a.ipynb::Cell 9 y", True),
        ("notebooks/00_a.ipynb::Cell 0 x", "notebooks/00_a.ipynb[learner]::Cell 0 x", False),
        ("notebooks/00_a.ipynb::Cell 0 x", "notebooks/01_b.ipynb::Cell 0 x", False),
        ("tests/test_a.py::test_one", "tests/test_a.py::test_two", False),
        ("tests/whole/test_a.py::test_one[a/b]", "tests/whole/test_a.py::test_two", True),
        ("tests/whole/test_a.py::test_one", "tests/whole/test_b.py::test_one", False),
    ],
)
def test_a_notebook_stays_whole_and_tests_do_not_wait_for_each_other(
    one: str, other: str, together: bool
) -> None:
    scheduler: Any = SimpleNamespace(config=SimpleNamespace(getini=lambda _: ["tests/whole/"]))
    split = WholeNotebooks._split_scope
    assert (split(scheduler, one) == split(scheduler, other)) is together


def test_a_whole_file_is_run_by_one_worker_and_what_is_thorough_by_none(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["course.publish.plugin"]')
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\ngate_whole = test_whole.py\n")
    tests = "import pytest\n@pytest.mark.parametrize('n', range(8))\ndef test(n): pass\n"
    for name in ("test_whole.py", "test_spread.py"):
        (tmp_path / name).write_text(tests + "@pytest.mark.thorough\ndef test_thorough(): pass\n")
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    said = done.stdout
    assert re.findall(r"(\d+) passed", said) == ["16"], said
    workers = {name: set(re.findall(rf"\[(gw\d)\].* {name}", said)) for name in ("test_whole", "test_spread")}
    assert [len(workers[name]) for name in ("test_whole", "test_spread")] == [1, 2], said


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        pytest.param([], 1, marks=pytest.mark.thorough),
        pytest.param(["-n", "2"], 1, marks=pytest.mark.thorough),
        pytest.param(["--whole"], 2, marks=pytest.mark.thorough),
        pytest.param(["-n", "2", "--whole"], 2, marks=pytest.mark.thorough),
        (["test_both.py"], 2),
    ],
    ids=["quick", "quick spread", "whole", "whole spread", "named"],
)
def test_only_a_run_of_everything_leaves_out_what_is_thorough(
    arguments: list[str], passed: int, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["course.publish.plugin"]')
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
    tests = "import pytest\ndef test_quick(): pass\n@pytest.mark.thorough\ndef test_thorough(): pass\n"
    (tmp_path / "test_both.py").write_text(tests)
    notebook(tmp_path / "00_a.ipynb", 0)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert re.findall(r"(\d+) passed", done.stdout) == [str(passed)], done.stdout


def test_what_waits_is_run_between_what_computes_and_no_notebook_is_torn_apart() -> None:
    def item(nodeid: str, *marks: str) -> Any:
        return SimpleNamespace(nodeid=nodeid, get_closest_marker=lambda mark: mark if mark in marks else None)

    waits = [item(f"t.py::waits{n}", "waits") for n in range(4)]
    cells = [item(f"a.ipynb::Cell {n}") for n in range(4)]
    others = [item(f"t.py::computes{n}") for n in range(4)]
    items = [*waits, item("t.py::long", "long", "waits"), *others, *cells]
    pytest_collection_modifyitems(
        SimpleNamespace(workerinput={"thorough": True}, getoption=lambda _: True), items
    )  # type: ignore[arg-type]
    order = [each.nodeid.partition("::")[2] for each in items]
    assert order[:5] == ["long", "Cell 0", "Cell 1", "Cell 2", "Cell 3"]
    assert order[5:9] == ["waits0", "waits1", "computes0", "waits2"]
    assert order[9:] == ["computes1", "computes2", "waits3", "computes3"]


def notebook(path: Path, cells: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1") for _ in range(cells)])
    nbformat.write(nb, path)
    return path


def test_every_cell_of_every_notebook_has_to_run(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks" / "00_a.ipynb", 2)
    seen = {
        "notebooks/00_a.ipynb::Cell 0",
        "notebooks/00_a.ipynb::Cell 1",
        "notebooks/00_a.ipynb[learner]::Cell 0",
    }
    assert list(missing_cells(tmp_path, ["shipped"], seen)) == []
    (problem,) = missing_cells(tmp_path, ["shipped", "learner"], seen)
    assert problem.startswith("notebooks/00_a.ipynb, learner edition: 1 of 2 code cells ran")
    notebook(tmp_path / "elsewhere" / "01_b.ipynb", 1)
    (problem,) = missing_cells(tmp_path, ["shipped"], seen)
    assert problem.startswith("elsewhere/01_b.ipynb")


def test_no_notebook_at_all_is_a_problem(tmp_path: Path) -> None:
    assert len(list(missing_cells(tmp_path, ["shipped"], set()))) == 1


def test_a_learners_copies_are_not_lessons(tmp_path: Path) -> None:
    lesson = notebook(tmp_path / "notebooks" / "00_a.ipynb", 1)
    for workspace in ("workspace", "Arbeit"):
        notebook(tmp_path / workspace / "00_a.ipynb", 1)
        (tmp_path / workspace / ".course").mkdir()
    notebook(tmp_path / ".venv" / "share" / "x.ipynb", 1)
    assert notebooks_of(tmp_path) == [lesson]


@pytest.mark.parametrize("out", [pytest.param("kit", marks=pytest.mark.thorough), "handed/round"])
@pytest.mark.usefixtures("no_pages")
def test_a_kit_is_not_a_lesson(out: str, tmp_path: Path) -> None:
    """One evening's work: `kit build`, then `test`."""
    lesson = notebook(tmp_path / "notebooks" / "00_a.ipynb", 1)
    assert run_inside("kit", ["build", "--lessons", "00", "--out", str(tmp_path / out)]) == 0
    assert len(list((tmp_path / out).rglob("*.ipynb"))) == 2
    assert notebooks_of(tmp_path) == [lesson]


def test_a_cell_refuses_to_run_without_the_ones_before() -> None:
    cell = Cell.__new__(Cell)
    cell.parent = SimpleNamespace(cells_run=0, timed_out=False)
    cell.cell_num, cell.cell = 3, SimpleNamespace(source="1")
    with pytest.raises(Exception, match="The cells before it were not run here, but 0 of 3"):
        cell.setup()
