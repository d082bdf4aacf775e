"""The command line: ``python3 -m course COMMAND``.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Until the environment exists
only the standard library is there, so a command's module imports packages inside ``run``; ``--help`` never
needs them.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._commands import (
    COMMANDS,
    Command,
    build,
    fail,
    never_fail_to_print,
    note_new_python,
    parse,
    run_inside,
)
from course.cli._failures import CannotGoOn
from course.paths import VENV, scripts_folder, venv_python
from course.seat import NEWEST, OLDEST, encode, too_old
from course.words import LANGUAGE_VARIABLE, say

__all__ = ["COMMANDS", "Command", "main", "run_inside"]

SET_UP = "COURSE_SET_UP"
"""Set this variable to ``no`` to run a command with the packages that this Python has, as they are."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command from the start: check Python, set up if needed, go on inside the environment."""
    never_fail_to_print()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if too_old():
        return _fail_on_old_python(arguments)
    try:
        return _run(arguments)
    except CannotGoOn as failure:
        return fail(failure)
    except KeyboardInterrupt:
        print(say("Stopped. Run the same command again to go on."), file=sys.stderr)
        return 130


def _run(argv: list[str]) -> int:
    """Check the arguments before the set-up, so that a typing error costs no time; then run the command."""
    from course.cli import _setup, _wheelhouse

    name = argv[0] if argv else ""
    if name not in COMMANDS:
        build().parse_args(argv or ["--help"])
        return 2
    _speak(parse(name, argv[1:]))
    wheelhouse, rest = _wheelhouse.split(argv[1:])
    note_new_python()
    if os.environ.get(SET_UP) == "no":
        return run_inside(name, argv[1:])
    if COMMANDS[name].needs_environment:
        _set_up(wheelhouse)
    elif _setup.trouble() is not None:
        return run_inside(name, rest)
    return _continue_inside(name, rest)


def _speak(arguments: argparse.Namespace) -> None:
    """Speak the language that the command names, also during the set-up and in the environment's Python."""
    if getattr(arguments, "speak", None):
        os.environ[LANGUAGE_VARIABLE] = arguments.speak


def _set_up(wheelhouse: str | None) -> None:
    """Set up if needed, from the wheelhouse if one was named."""
    from course.cli import _setup, _wheelhouse

    if wheelhouse is None or _setup.trouble() is None:
        _setup.ensure(tell=_tell)
        return
    with _wheelhouse.used(wheelhouse, tell=_tell):
        _setup.ensure(tell=_tell)


def _continue_inside(name: str, argv: list[str]) -> int:
    """Run the command with the environment's Python: in this process if it is that one, as it is, else in a
    child.
    """
    from course.cli import _child

    if Path(sys.prefix) == VENV and _child.is_plain():
        return run_inside(name, argv)
    program = "import sys; from course.cli import run_inside; sys.exit(run_inside(sys.argv[1], sys.argv[2:]))"
    env = _child.environment(VENV, scripts_folder())
    return _child.run([venv_python(), "-P", "-c", program, name, *argv], env=env)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _too_old() -> CannotGoOn:
    oldest, newest, version = (
        ".".join(map(str, number)) for number in (OLDEST, NEWEST, sys.version_info[:3])
    )
    return CannotGoOn(
        "This is Python {version}; the course needs {oldest} to {newest}. "
        "Install one of them and run the same command with it.",
        version=version,
        oldest=oldest,
        newest=newest,
        status=2,
    )


def _fail_on_old_python(argv: list[str]) -> int:
    """Say which Python is needed; for ``doctor`` print a code as well."""
    status = fail(_too_old())
    if argv[:1] == ["doctor"]:
        print(say("Code for your instructor: {code}", code=encode(["python"])))
    return status
