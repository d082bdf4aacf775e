"""Check whether a certificate still says what it said when it was made: its data, not its drawing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``verify``."""
    parser.add_argument("file", type=Path, help="the certificate, an SVG file")


def run(args: argparse.Namespace) -> int:
    """Print what the data of the certificate say; exit status 1 if they were changed or there are none."""
    from course.practice import NoCertificate, certified, verify

    file = args.file.name
    try:
        facts = verify(args.file)
    except NoCertificate as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = error.strerror or error
        print(say("{file} cannot be read: {reason}.", file=args.file, reason=reason), file=sys.stderr)
        return 1
    print(say("The data in {file} are unchanged: {name}, {day}.", file=file, name=facts.name, day=facts.day))
    for line in certified(facts):
        print(f"  {line}")
    return 0
