"""Check this seat: one line per check, one remedy per failure. The exit status is 0 if everything works.

The code at the end tells an instructor which checks failed: python3 -m course kit doctor-codes reads it.
"""

from __future__ import annotations

import argparse
import json

from course.paths import VENV
from course.seat import Check, Report, doctor, remedy
from course.words import say

_INSIDE = ("packages", "kernel", "server")
"""What can be checked only in a whole environment."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``doctor``."""
    parser.add_argument("--json", action="store_true", help="print the checks as JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Check and print."""
    report = _report()
    if args.json:
        print(json.dumps(report.as_dict(), indent=1, ensure_ascii=False))
    else:
        print(report.table())
        print(say("Code for your instructor: {code}", code=report.code))
    return 0 if report.ok else 1


def _report() -> Report:
    """The checks of the seat and of its environment. With a broken one, checks that need it are left out."""
    environment = check_environment()
    seat = doctor(without=() if environment.ok else _INSIDE)
    return Report((environment, *seat.checks))


def check_environment() -> Check:
    """The environment can be used as it is, or this Python has all packages."""
    from course.cli import _setup

    trouble = _setup.trouble()
    if trouble is None:
        return Check("environment", True, str(VENV))
    if trouble.kind == "first" and _has_all_packages():
        return Check("environment", True, say("no .venv, but this Python has all packages"))
    return Check("environment", False, trouble.found, remedy("environment"))


def _has_all_packages() -> bool:
    try:
        from course.seat.lock import differences

        return not list(differences())
    except ModuleNotFoundError:
        return False
