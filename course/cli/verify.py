"""Check whether a certificate still says what it said when it was made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``verify``."""
    parser.add_argument("file", type=Path, help="the certificate, an SVG file")


def run(args: argparse.Namespace) -> int:
    """Print what the certificate says; exit status 1 if it was changed or is none."""
    from course.practice import NoCertificate, verify
    from course.practice.texts import say

    try:
        facts = verify(args.file)
    except (NoCertificate, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(say("certificate.fine", file=args.file.name, name=facts.name, day=facts.day))
    for lesson in facts.lessons:
        print(
            "  " + say("certificate.lesson", title=lesson.title, passed=lesson.passed, all=lesson.exercises)
        )
    return 0
