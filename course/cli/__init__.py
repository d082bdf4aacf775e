"""The command line: ``python3 -m course COMMAND``.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Until the environment exists
only the standard library is there, so a command's module imports packages inside ``run``; ``--help`` never
needs them.
"""

from __future__ import annotations

import sys
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._commands import COMMANDS, Command, fail, never_fail_to_print, run_inside
from course.cli._failures import CannotGoOn
from course.seat import NEWEST, OLDEST, encode, too_old
from course.words import say

__all__ = ["COMMANDS", "Command", "main", "run_inside"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command from the start: check Python, set up if needed, go on inside the environment."""
    never_fail_to_print()
    if too_old():
        return _fail_on_old_python(sys.argv[1:] if argv is None else argv)
    from course.cli import _bootstrap

    try:
        return _bootstrap.run(list(sys.argv[1:] if argv is None else argv))
    except CannotGoOn as failure:
        return fail(failure)
    except KeyboardInterrupt:
        print(say("Stopped. Run the same command again to go on."), file=sys.stderr)
        return 130


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
    """Say which Python is needed; for ``doctor`` print a code as well."""
    status = fail(_too_old())
    if list(argv[:1]) == ["doctor"]:
        print(say("Code for your instructor: {code}", code=encode(["python"])))
    return status
