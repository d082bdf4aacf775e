"""Check this seat: one line per check, one remedy per failure. The exit status is 0 if everything works.

Notebooks are judged as ``start`` opens them. What they would meet elsewhere is said below the checks.
The code at the end tells an instructor which checks failed: python3 -m course kit doctor-codes reads it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from typing import Iterator  # noqa: UP035  (parses and runs on 3.8)

from course.cli import _lab
from course.paths import VENV
from course.seat import Check, Report, doctor, met_elsewhere, remedy
from course.words import say

_INSIDE = ("packages", "kernel", "server")
"""What can be checked only in a whole environment."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``doctor``."""
    parser.add_argument("--json", action="store_true", help="print the checks as JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Check and print."""
    report, elsewhere = _report(), _elsewhere()
    if args.json:
        print(json.dumps({**report.as_dict(), "elsewhere": elsewhere}, indent=1, ensure_ascii=False))
    else:
        print(report.table())
        if elsewhere:
            print(say("Notebooks that are opened without python3 -m course start meet this:"))
        for line in elsewhere:
            print(f"    {line}")
        print(say("Code for your instructor: {code}", code=report.code))
    return 0 if report.ok else 1


def _report() -> Report:
    """The checks of the seat and of its environment. With a broken one, checks that need it are left out."""
    environment = check_environment()
    if not environment.ok:
        return Report((environment, *doctor(without=_INSIDE).checks))
    with _as_start_does():
        return Report((environment, *doctor().checks))


@contextlib.contextmanager
def _as_start_does() -> Iterator[None]:
    """Inside the block kernels find what they find under ``start``."""
    before = dict(os.environ)
    try:
        _lab.isolate(os.environ)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _elsewhere() -> list[str]:
    """What notebooks meet that are opened elsewhere, if they can be opened."""
    return met_elsewhere(os.environ) if check_environment().ok else []


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
