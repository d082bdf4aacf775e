"""No variable for Python changes what the course's own programs mean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from course.cli import _child
from course.paths import ROOT, VENV, scripts_folder
from course.practice import _isolated
from course.variables import changing, drop_changing

CHANGING = {
    "PYTHONOPTIMIZE": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONDEVMODE": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONSTARTUP": "/home/ada/startup.py",
    "PYTHONINSPECT": "1",
    "PYTHON_OF_NEXT_YEAR": "1",
}
HARMLESS = {"PYTHONPATH": "/x", "PYTHONUTF8": "1", "PYTHONFAULTHANDLER": "1", "PATH": "/bin"}


def test_what_changes_a_program_is_dropped_and_nothing_else() -> None:
    environ = {**CHANGING, **HARMLESS}
    assert changing(environ) == sorted(CHANGING)
    drop_changing(environ)
    assert environ == HARMLESS
    assert changing({"PYTHONOPTIMIZE": ""}) == [], "an empty one changes nothing"


def test_python_starts_as_if_there_were_none() -> None:
    env = _child.environment(VENV, scripts_folder(), {**os.environ, **CHANGING})
    program = "import json, sys; print(json.dumps([*map(int, sys.flags), sys.warnoptions]))"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", program]
    flags = [
        json.loads(subprocess.run(command, env=each, capture_output=True, check=True).stdout)
        for each in (env, {**plain, "PYTHONUTF8": "1"})
    ]
    assert flags[0] == flags[1]


@pytest.mark.parametrize("option", [[], ["-O"], ["-W", "error"], ["-X", "dev"]])
def test_a_python_that_was_started_otherwise_is_not_plain(option: list[str]) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from course.cli import _child\n"
    program += "print(_child.is_plain())"
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([sys.executable, *option, "-c", program], env=env, capture_output=True, check=True)
    assert done.stdout.decode().strip() == str(not option)


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.skipif(os.name == "nt", reason="a fork is for Linux and macOS")
def test_checks_run_in_a_python_as_it_is(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CHANGING.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_isolated, "METHOD", method)
    _isolated.close()
    _isolated.get_ready()
    try:
        assert _isolated._keeper is not None
        inherited = psutil.Process(_isolated._keeper.process.pid).environ()
    finally:
        _isolated.close()
    assert changing(inherited) == []


def test_a_kernel_that_leaves_out_asserts_is_told_of(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from course.practice import check\n"
    program += "print(' '.join(repr(check('capstone.tests')).split()))"
    env = {**os.environ, "COURSE_WORKSPACE": str(tmp_path)}
    env.pop("PYTHONOPTIMIZE", None)
    said = [
        subprocess.run([sys.executable, *option, "-c", program], env=env, capture_output=True, check=True)
        for option in ([], ["-O"])
    ]
    assert ["leaves out every `assert`" in done.stdout.decode() for done in said] == [False, True]


def test_the_course_starts_where_python_does_not_look_in_the_current_folder() -> None:
    """What the README says for PYTHONSAFEPATH."""
    env = {**os.environ, "PYTHONSAFEPATH": "1"}
    done = subprocess.run([sys.executable, "course", "--help"], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert "python3 course start" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(
    os.name == "nt", reason="a shell of Linux or macOS ignores Ctrl+C for what it starts behind `&`"
)
def test_the_tests_run_in_the_background_of_a_shell() -> None:
    test = "tests/practice/test_isolated.py::test_an_interrupt_leaves_nothing_behind"
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-q"]
    shell = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    done = subprocess.run(
        [*shell, sys.executable, "-m", "pytest", *options, test],
        cwd=ROOT,
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
