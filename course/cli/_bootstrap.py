"""From any Python to the course's own: sets up if needed, then runs the command inside."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from course.cli import _child, _setup, _wheelhouse
from course.cli._commands import COMMANDS, build, note_new_python, parse, run_inside
from course.paths import VENV, scripts_folder, venv_python

SET_UP = "COURSE_SET_UP"
"""Set this variable to ``no`` to run a command with the packages that this Python has, as they are."""


def run(argv: list[str]) -> int:
    """Check the arguments before the set-up, so that a typing error costs no time; then run the command."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        build().parse_args(argv or ["--help"])
        return 2
    parse(name, argv[1:])
    wheelhouse, rest = _wheelhouse.split(argv[1:])
    note_new_python()
    if os.environ.get(SET_UP) == "no":
        return run_inside(name, argv[1:])
    if COMMANDS[name].needs_environment:
        _set_up(wheelhouse)
    elif _setup.trouble() is not None:
        return run_inside(name, rest)
    return continue_inside(name, rest)


def _set_up(wheelhouse: str | None) -> None:
    """Set up if needed, from the wheelhouse if one was named."""
    if wheelhouse is None or _setup.trouble() is None:
        _setup.ensure(tell=_tell)
        return
    with _wheelhouse.used(wheelhouse, tell=_tell):
        _setup.ensure(tell=_tell)


def continue_inside(name: str, argv: list[str]) -> int:
    """Run the command with the environment's Python: in this process if it is that one, as it is, else in a
    child.
    """
    if Path(sys.prefix) == VENV and _child.is_plain():
        return run_inside(name, argv)
    program = "import sys; from course.cli import run_inside; sys.exit(run_inside(sys.argv[1], sys.argv[2:]))"
    env = _child.environment(VENV, scripts_folder())
    return _child.run([venv_python(), "-P", "-c", program, name, *argv], env=env)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
