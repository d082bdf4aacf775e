"""Check this seat: one line per check, one remedy per failure. The exit status is 0 if everything works."""

from __future__ import annotations

import argparse
import json

from course.seat import doctor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``doctor``."""
    parser.add_argument("--json", action="store_true", help="print the checks as JSON, for programs")


def run(args: argparse.Namespace) -> int:
    """Check and print."""
    report = doctor()
    print(json.dumps(report.as_dict(), indent=1, ensure_ascii=False) if args.json else report.table())
    return 0 if report.ok else 1
