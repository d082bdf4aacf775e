"""The command line: ``python3 -m course COMMAND``.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Until the environment exists
only the standard library is there, so a command's module imports packages inside ``run``; ``--help`` never
needs them.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._failures import CannotGoOn
from course.seat import NEWEST, OLDEST, encode, too_new, too_old
from course.words import say

__all__ = ["COMMANDS", "Command", "main", "run_inside"]


@dataclass(frozen=True)
class Command:
    """One command: where its code is, what it is for, and whether it runs in the course's environment."""

    module: str
    help: str
    needs_environment: bool = True


COMMANDS = {
    "start": Command("course.cli.start", "set the course up and open its lessons in JupyterLab"),
    "test": Command("course.cli.test", "set the course up and prove every lesson and every check"),
    "doctor": Command(
        "course.cli.doctor", "check this seat: one line per check, one remedy per failure", False
    ),
    "update": Command("course.cli.update", "bring newer lessons beside the ones that you work on"),
    "progress": Command("course.cli.progress", "show what you have done so far"),
    "verify": Command("course.cli.verify", "check a certificate against its digest"),
    "kit": Command("course.cli.kit", "for instructors: print, show, plan and hand round the course"),
    "refresh": Command("course.cli.refresh", "for authors: run notebooks again and store what comes out"),
    "audit": Command("course.cli.audit", "for authors: find what the notebook tests would not see"),
    "facts": Command("course.cli.facts", "for authors: measure what the lessons claim about the libraries"),
    "figures": Command("course.cli.figures", "for authors: measure set-up, start, tests and memory"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command from the start: check Python, set up if needed, go on inside the environment."""
    _never_fail_to_print()
    if too_old():
        return _fail_on_old_python(sys.argv[1:] if argv is None else argv)
    from course.cli import _bootstrap

    try:
        return _bootstrap.run(list(sys.argv[1:] if argv is None else argv))
    except CannotGoOn as failure:
        return _fail(failure)
    except KeyboardInterrupt:
        print(say("Stopped. Run the same command again to go on."), file=sys.stderr)
        return 130


def run_inside(name: str, argv: Sequence[str]) -> int:
    """Run a command in this Python, which has all packages."""
    from course.cli import _arguments

    _never_fail_to_print()
    arguments = _arguments.parse(name, argv)
    try:
        status: int = importlib.import_module(COMMANDS[name].module).run(arguments)
    except CannotGoOn as failure:
        return _fail(failure)
    except KeyboardInterrupt:
        return 130
    return status


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


def _fail_on_old_python(argv: Sequence[str]) -> int:
    """Say what is needed, to the doctor's patients with a code as well."""
    status = _fail(_too_old())
    if list(argv[:1]) == ["doctor"]:
        print(say("Code for your instructor: {code}", code=encode(["python"])))
    return status


def _fail(failure: CannotGoOn) -> int:
    print(failure, file=sys.stderr)
    return failure.status


def note_new_python() -> None:
    """One line if this Python is newer than any that the course was tested on."""
    if too_new():
        version, newest = (".".join(map(str, number)) for number in (sys.version_info[:2], NEWEST))
        note = say(
            "Note: this is Python {version}; the course was tested up to {newest}. Going on.",
            version=version,
            newest=newest,
        )
        print(note, file=sys.stderr)


def _never_fail_to_print() -> None:
    """A terminal that cannot show a letter gets its number instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
