"""Planned and measured minutes of a class, and its commonest wrong ideas, from the journals of its learners.

A journal is the file .course/journal.jsonl in a learner's workspace. Prints a table, and writes timings.csv
and timings.svg. Learners are numbered, not named, unless you ask for it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course.cli._kit_options import add_out, name_unreadable
from course.cli._says import sentence
from course.paths import NOTEBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit timings``."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="journals, or folders with *.jsonl files in them"
    )
    parser.add_argument("--names", action="store_true", help="call learners by the names of their files")
    add_out(parser)


def run(args: argparse.Namespace) -> int:
    """Print the table and write both files; the exit status is 1 if no journal could be used."""
    from course.publish.kit import read_lessons, timings

    unread = name_unreadable()
    found = timings.read_timings(args.files, read_lessons(NOTEBOOKS), names=args.names)
    for remark in found.remarks:
        print(remark, file=sys.stderr)
    print(found)
    if not found.rows:
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "timings.csv").write_text(timings.to_csv(found), encoding="utf-8", newline="")
    (args.out / "timings.svg").write_text(timings.to_svg(found), encoding="utf-8", newline="\n")
    print("\n" + sentence("kit.written", files=f"{args.out / 'timings.csv'}, {args.out / 'timings.svg'}"))
    return 1 if unread else 0
