"""Set the course up, then run every test: pytest with the notebook gate. Further arguments go to pytest.

With --wheelhouse WHERE it installs from there, as start does.
With --whole also what is thorough: every program of the bank, notebooks twice, what sets the course up anew.
With --lesson 01 only what belongs to that lesson: its bank of programs, its own tests, its facts,
its notebook.
With --browser also those that work with the lessons in Chromium or Chrome, which must be there; their
screenshots are kept.
With --hub also those that seat learners on a JupyterHub on this machine.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import sys
import sysconfig
import time
from pathlib import Path

from course.cli import _child, _install, _lab, _workspace
from course.paths import ROOT, VENV, scripts_folder

HANDS_ON = True

BROWSER = "COURSE_BROWSER"
"""The variable that tells the tests to open a browser, and the folder for its screenshots."""

COMPUTED_SECONDS = 600
"""What all tests compute, about, on all processors together."""

SCREENSHOTS = ROOT / "screenshots"

HUB = "COURSE_HUB"
"""The variable that tells the tests to run a JupyterHub."""

LESSON = "COURSE_LESSON"
"""The variable that tells the tests of all lessons to look at the one of that name."""

WHOLE = "--whole"
"""The option of the gate that leaves nothing out."""

_ON_REQUEST = {"--browser": (BROWSER, str(SCREENSHOTS)), "--hub": (HUB, "1")}
"""The variable that each option sets, and to what. It installs the extra of its name first."""

_MODULES = {
    "browser": ("playwright", "axe_playwright_python"),
    "hub": ("jupyterhub", "configurable_http_proxy"),
}
"""What each extra installs."""

COMPILE = ("-m", "compileall", "-qq", "-j", "0", "-x", r"[\\/]tests?[\\/]|[\\/]mypyc?[\\/]")
"""Compile with all processors what many processes will import; files that do not compile are skipped."""

# With these pytest stays one process: the debugger, output as it comes, the user's own choice.
_ALONE = (
    "-n",
    "--numprocesses",
    "--dist",
    "--pdb",
    "--trace",
    "-s",
    "--capture=no",
    "--collect-only",
    "--co",
)
_ABOUT = ("no:xdist", "-pno:xdist", "-h", "--help", "-V", "--version", "--fixtures", "--markers")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``test`` has no option of its own."""
    parser.add_argument(
        "rest", nargs="*", metavar="pytest argument", help="for example: tests/live -k timeline -x"
    )


def run(args: argparse.Namespace) -> int:
    """Run pytest in the checkout, from any current folder."""
    env = _child.environment(VENV if Path(sys.prefix) == VENV else Path(sys.prefix), _own_scripts())
    _lab.reach_loopback_directly(env)
    chosen = [option for option in _ON_REQUEST if option in args.rest]
    for option in chosen:
        _get(option.lstrip("-"))
        variable, value = _ON_REQUEST[option]
        env[variable] = value
    rest, notebook = without_lesson(args.rest)
    rest = [_from_here(argument) for argument in rest if argument not in _ON_REQUEST]
    if notebook is not None:
        env[LESSON] = _workspace.name_of(notebook)
        rest += [WHOLE, *tests_of(notebook)]
    side_by_side = parallel(rest)
    if side_by_side and not is_compiled("pytest"):
        _child.run([sys.executable, *COMPILE, sysconfig.get_path("purelib")], env=env)
    whole = Whole([*chosen, *rest], Path(sys.prefix)) if set(rest) <= {WHOLE} else None
    if whole is not None:
        print(whole, flush=True)
    status = _child.run([sys.executable, "-m", "pytest", *side_by_side, *rest], env=env, cwd=ROOT)
    if whole is not None and status == 0:
        whole.keep()
    if "--browser" in args.rest and SCREENSHOTS.is_dir():
        print(f"The browser's screenshots are in {SCREENSHOTS}.")
    return status


class Whole:
    """A run of all tests, and how long it takes on this machine.

    Args:
        options: what it includes on request.
        folder: of the environment, which remembers how long the last one took.
    """

    def __init__(self, options: list[str], folder: Path) -> None:
        self._began = time.monotonic()
        self._file = folder / "course-test.json"
        self._key = " ".join(options)

    def __str__(self) -> str:
        last = self._read().get(self._key)
        if last is not None:
            return f"All tests: about {_minutes(last)}, as the last time here."
        processors = os.cpu_count() or 1
        return f"All tests: about {_minutes(COMPUTED_SECONDS / processors)} with {processors} processors."

    def keep(self) -> None:
        """Note how long it took."""
        seconds = {**self._read(), self._key: time.monotonic() - self._began}
        with contextlib.suppress(OSError):
            self._file.write_text(json.dumps(seconds), encoding="utf-8")

    def _read(self) -> dict[str, float]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {key: float(seconds) for key, seconds in found.items()}
        return {}


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def without_lesson(rest: list[str]) -> tuple[list[str], Path | None]:
    """The arguments without ``--lesson``, and the notebook of the lesson that it names.

    Raises:
        CannotGoOn: there is no such lesson.
    """
    for number, argument in enumerate(rest):
        option, equals, value = argument.partition("=")
        if option == "--lesson":
            end = number + (1 if equals else 2)
            named = value if equals else "".join(rest[number + 1 : end])
            return [*rest[:number], *rest[end:]], _workspace.notebook_called(named)
    return rest, None


def tests_of(notebook: Path) -> list[str]:
    """The files and folders with the tests of a notebook's lesson."""
    own = ROOT / "tests" / "lessons" / _workspace.name_of(notebook)
    of_all = (
        "lessons/test_bank.py",
        "lessons/test_mutants.py",
        "facts/test_all_facts.py",
        "test_notebooks/test_audit.py",
    )
    paths = [*(ROOT / "tests" / each for each in of_all), own, notebook]
    return [path.relative_to(ROOT).as_posix() for path in paths if path.exists()]


def is_compiled(module: str) -> bool:
    """Whether the module has been compiled; else many processes would compile it at the same time."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.cached is not None and Path(spec.cached).exists()


def _own_scripts() -> Path:
    return scripts_folder(Path(sys.prefix))


def _get(extra: str) -> None:
    """Install what only this extra needs, unless it is installed."""
    if not all(map(importlib.util.find_spec, _MODULES[extra])):
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        _install.add(project["optional-dependencies"][extra], VENV / "course-set-up.log")


def _from_here(argument: str) -> str:
    """A path in the current folder means the same to pytest, which runs in the checkout."""
    path, colons, node = argument.partition("::")
    if Path.cwd() != ROOT and not argument.startswith("-") and Path(path).exists():
        return str(Path(path).absolute()) + colons + node
    return argument


def parallel(rest: list[str], *, processors: int | None = os.cpu_count()) -> list[str]:
    """The arguments that spread the tests over processes, unless the user wants one process."""
    wanted = any(argument.startswith(_ALONE) or argument in _ABOUT for argument in rest)
    workers = min(2 * (processors or 1) + 1, 9)  # many tests wait for something most of the time
    return [] if wanted or workers < 4 else ["-n", str(workers)]
