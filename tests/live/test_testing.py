"""Tests that run tests: pytest runs what stands in a cell, and the result has no times."""

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from course.live.testing import TestRun, run_tests


@pytest.fixture
def seven() -> int:
    return 7


@pytest.fixture
def broken() -> int:
    raise ValueError("no fixture today")


@pytest.fixture
def ends_badly() -> Any:
    yield 1
    raise ValueError("not tidied up")


def outcomes(run: TestRun) -> dict[str, str]:
    return {each.name: each.outcome for each in run}


def test_a_passing_test_and_its_fixture() -> None:
    def test_it(seven: int) -> None:
        assert seven == 7

    run = run_tests(test_it)
    assert run.passed
    assert repr(run) == "test_it: passed\n1 passed"


def test_a_failing_test_says_its_line_and_no_times() -> None:
    def test_red() -> None:
        got = [1, 2]
        assert got == [1, 3], "the second is wrong"

    run = run_tests(test_red)
    assert not run.passed
    (red,) = run.failed
    assert red.outcome == "failed"
    assert red.line == 'assert got == [1, 3], "the second is wrong"'
    assert "the second is wrong" in red.message
    assert repr(run) == repr(run_tests(test_red))


def test_nothing_outside_of_its_own_folder_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def test_it() -> None:
        pass

    (tmp_path / "somebody_elses").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    looked_at: list[str] = []
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path=".": (looked_at.append(str(path)), scan(path))[1])
    assert run_tests(test_it).passed
    assert str(tmp_path) not in looked_at
    assert any(path.startswith(str(tmp_path)) for path in looked_at), "pytest no longer uses os.scandir"


def test_no_addresses_in_what_is_said() -> None:
    class Thing:
        pass

    def test_red() -> None:
        raise ValueError(f"odd: {Thing()!r}")

    assert "0x" not in repr(run_tests(test_red))


@pytest.mark.parametrize(
    ("fixture", "said"), [("broken", "no fixture today"), ("nobody", "'nobody' not found")]
)
def test_what_cannot_be_set_up_is_an_error(fixture: str, said: str) -> None:
    source = f"def test_it({fixture}):\n    pass\n"
    names: dict[str, Any] = {"broken": broken}
    exec(source, names)
    run = run_tests(names["test_it"])
    assert outcomes(run) == {"test_it": "error"}
    assert said in run[0].message


def test_a_fixture_that_fails_afterwards_takes_the_pass_away() -> None:
    def test_it(ends_badly: int) -> None:
        assert ends_badly == 1

    run = run_tests(test_it)
    assert [each.outcome for each in run] == ["error"]
    assert not run.passed


def test_fixtures_given_win() -> None:
    @pytest.fixture
    def other() -> int:
        return 8

    def test_it(seven: int) -> None:
        assert seven == 8

    assert run_tests(test_it, fixtures={"seven": other}).passed


def test_parameters_classes_and_skips() -> None:
    @pytest.mark.parametrize("n", [1, 2])
    def test_n(n: int) -> None:
        assert n == 1

    class TestGroup:
        def test_in(self) -> None:
            pass

        def test_out(self) -> None:
            pytest.skip("not today")

    run = run_tests(test_n, TestGroup)
    assert outcomes(run) == {
        "test_n[1]": "passed",
        "test_n[2]": "failed",
        "TestGroup::test_in": "passed",
        "TestGroup::test_out": "skipped",
    }
    assert run[1].parameters == {"n": 2}


def test_what_one_test_has_caught_is_not_given_to_the_next() -> None:
    @pytest.fixture(params=["right", "bug"])
    def app(request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_sharp(app: str) -> None:
        assert app == "right"

    def test_blunt(app: str) -> None:
        pass

    run = run_tests(test_sharp, test_blunt, fixtures={"app": app}, once_red="app")
    assert outcomes(run)["test_blunt[bug]"] == "skipped"
    assert outcomes(run)["test_blunt[right]"] == "passed"


def test_no_test_is_no_pass() -> None:
    def helper() -> None:
        pass

    run = run_tests(helper)
    assert not run.passed
    assert repr(run) == "no test found"


def test_only_functions_and_classes() -> None:
    with pytest.raises(TypeError, match="takes test functions and Test classes, not 'test_it'"):
        run_tests("test_it")


def test_in_a_notebooks_cell_a_loop_runs_already() -> None:
    def test_it() -> None:
        asyncio.run(asyncio.sleep(0))

    async def cell() -> TestRun:
        return run_tests(test_it)

    assert asyncio.run(cell()).passed


def test_async_tests_by_anyio() -> None:
    @pytest.mark.anyio
    async def test_it() -> None:
        await asyncio.sleep(0)

    @pytest.fixture
    def anyio_backend() -> str:
        return "asyncio"

    assert run_tests(test_it, fixtures={"anyio_backend": anyio_backend}).passed


def test_a_file_of_the_working_folder_is_not_taken_for_the_library_s(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("raise ImportError('not for pytest')")
    (tmp_path / "try_it.py").write_text(
        "from course.live.testing import run_tests\n\n"
        "def test_it():\n    assert True\n\nprint(run_tests(test_it).passed)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "try_it.py"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"


def test_what_keeps_pytest_from_starting_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def test_it() -> None: ...

    monkeypatch.setitem(sys.modules, "pdb", None)
    (error,) = run_tests(test_it)
    assert (error.name, error.outcome) == ("pytest", "error")
    assert "pdb" in error.message
