"""The command line: ``python3 -m course COMMAND``.

Each command is a module with ``add_arguments(parser)`` and ``run(args) -> int``. Until the environment exists
only the standard library is there, so a command's module imports packages inside ``run``; ``--help`` never
needs them.
"""

from __future__ import annotations

import sys
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._commands import COMMANDS, Command, fail, never_fail_to_print, run_inside
from course.cli._says import CannotGoOn, sentence
from course.seat import NEWEST, OLDEST, encode, too_old

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
        print(sentence("interrupted"), file=sys.stderr)
        return 130


def _too_old() -> CannotGoOn:
    oldest, newest, version = (
        ".".join(map(str, number)) for number in (OLDEST, NEWEST, sys.version_info[:3])
    )
    return CannotGoOn("python.too-old", status=2, version=version, oldest=oldest, newest=newest)


def _fail_on_old_python(argv: Sequence[str]) -> int:
    """Say what is needed, to the doctor's patients with a code as well."""
    status = fail(_too_old())
    if list(argv[:1]) == ["doctor"]:
        print(sentence("doctor.code", code=encode(["python"])))
    return status
