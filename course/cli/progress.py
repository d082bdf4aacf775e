"""Show which exercises and questions you have done, lesson by lesson. Nothing leaves this machine."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``progress``."""
    parser.add_argument("lesson", nargs="?", help="one lesson only, such as after_the_response")
    parser.add_argument("--json", action="store_true", help="print it as JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Print what the journal in the workspace holds."""
    from course.practice import UnknownId, progress

    try:
        found = progress(args.lesson)
    except UnknownId as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(asdict(found), indent=1, ensure_ascii=False) if args.json else found)
    return 0
