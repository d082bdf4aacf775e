from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from course.paths import ROOT
from course.practice import ContentError
from course.practice.exercise_file import path_of
from course.publish import GateRun, Stability, _gate, solve, stability
from course.publish._gate import Busy, CellId, run_gate
from course.publish._kernel import environment, kernel_environment, private_folder
from course.publish._normal import depends_on_the_learner
from course.publish._unstable import sanitise


def test_a_kernel_inherits_nothing_that_colours_its_outputs(tmp_path: Path) -> None:
    base = {
        "PYTHONHASHSEED": "0",
        "PYTEST_CURRENT_TEST": "x",
        "PYTHONSTARTUP": "x",
        "PYTHONOPTIMIZE": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONPATH": "mine",
        "KEPT": "1",
    }
    env = kernel_environment(tmp_path, base)
    assert {*base} & {*env} == {"PYTHONPATH", "KEPT"}
    assert env["PYTHONPATH"] == f"{ROOT}{os.pathsep}mine"
    assert env["PYTHONWARNINGS"] == "default"
    assert env["KEPT"] == "1"
    assert Path(env["COURSE_WORKSPACE"]).parent == tmp_path


def test_the_environment_comes_back_whatever_happens() -> None:
    before = dict(os.environ)
    inside = {}

    def fail() -> None:
        inside.update(os.environ)
        raise RuntimeError

    with pytest.raises(RuntimeError), environment({"ONLY": "this"}):
        fail()
    assert inside == {"ONLY": "this"}
    assert dict(os.environ) == before


def test_each_run_has_an_empty_workspace_that_is_gone_afterwards() -> None:
    with private_folder() as one, private_folder() as other:
        assert one != other
        assert list((one / "workspace").iterdir()) == []
    assert not one.exists()


def test_busy_processes_are_busy_and_end() -> None:
    with Busy(2) as busy:
        running = list(busy._running)
        assert [process.poll() for process in running] == [None, None]
        busy.start()
        assert len(busy._running) == 2
    assert all(process.poll() is not None for process in running)


def test_a_busy_process_ends_when_its_starter_is_gone() -> None:
    busy = Busy(1)
    busy.start()
    (process,) = busy._running
    assert process.stdin
    process.stdin.close()
    assert process.wait(timeout=300) == 0
    busy.stop()


OUTPUT = """
=========================== short test summary info ============================
PASSED notebooks/00_a.ipynb::Cell 0 one
PASSED notebooks/00_a.ipynb[learner]::Cell 0 one
ERROR notebooks/00_a.ipynb[learner]::Cell 0 one - RuntimeError
FAILED notebooks/00_a.ipynb::Cell 11 two-words - nbval.plugin.NbCellError
PASSED tests/test_a.py::test_one
1 failed, 3 passed in 1.00s
"""


def test_a_run_is_read_from_what_pytest_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "fake.py"
    script.write_text(f"print({OUTPUT!r}); raise SystemExit(1)", encoding="utf-8")
    monkeypatch.setattr(_gate, "_PYTEST", script.read_text(encoding="utf-8"))
    run = run_gate(tmp_path)
    assert run.status == 1
    assert run.outcomes == {
        CellId("notebooks/00_a.ipynb", "shipped", "one"): "PASSED",
        CellId("notebooks/00_a.ipynb", "learner", "one"): "ERROR",
        CellId("notebooks/00_a.ipynb", "shipped", "two-words"): "FAILED",
    }
    assert {cell.cell for cell in run.failed} == {"one", "two-words"}


def test_stability_counts_the_runs_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = CellId("notebooks/00_a.ipynb", "shipped", "one")
    runs = iter([(0, "PASSED"), (1, "FAILED"), (0, "PASSED"), (1, "FAILED")])

    def fake(folder: Path, *arguments: str) -> GateRun:
        status, outcome = next(runs)
        return GateRun(status, 2.0, {cell: outcome}, "")

    monkeypatch.setattr(_gate, "run_gate", fake)
    result = stability(4, busy=0)
    assert (result.failures, result.failed_cells) == (2, {cell: 2})


def test_a_run_that_looked_at_nothing_is_a_failure() -> None:
    assert Stability((GateRun(0, 1.0, {}, ""),)).failures == 1
    with pytest.raises(ValueError, match="at least one"):
        stability(0)


def test_only_the_timed_picture_is_replaced() -> None:
    html = '<p>12 ms</p><svg class="timed" width="1"><text>12 ms</text></svg><svg><text>12</text></svg>'
    assert sanitise(html) == "<p>12 ms</p>TIMED-PICTURE<svg><text>12</text></svg>"


def test_a_solved_notebook_has_the_reference_answers(tmp_path: Path) -> None:
    new = nbformat.v4
    starter = new.new_code_cell("def double(n): ...", metadata={"course": {"exercise": "a.double"}})
    nb = new.new_notebook(cells=[starter, new.new_code_cell("1")], metadata={"course": {"lesson": "a"}})
    with pytest.raises(ContentError, match="is missing"):
        solve(nb, lessons=tmp_path)
    answer = path_of(tmp_path / "a", "a.double")
    answer.parent.mkdir(parents=True)
    answer.write_text("# %% right reference\ndef double(n):\n    return 2 * n\n", encoding="utf-8")
    solved = solve(nb, lessons=tmp_path)
    assert [cell.source for cell in solved.cells] == ["def double(n):\n    return 2 * n", "1"]
    assert nb.cells[0].source == "def double(n): ..."


@pytest.mark.parametrize(
    ("source", "expected"),
    [("progress()", True), ('hint("a.b")', True), ("progress(); 1", False), ("print(progress())", False)],
)
def test_only_a_report_on_the_learner_may_differ_when_solved(source: str, expected: bool) -> None:
    assert depends_on_the_learner(nbformat.v4.new_code_cell(source)) is expected
