"""The web site: every lesson to read, questions to answer on the page, the facts and the reference."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from course.cli.kit import lesson_numbers, name_unreadable
from course.notebook import lessons_folder

OUT = Path("site")
"""The default folder of the site, in the current folder."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``site build`` and its options."""
    parts = parser.add_subparsers(dest="part", metavar="part", required=True)
    own = parts.add_parser(
        "build",
        help="the pages, in a folder that needs no server and no network",
        description=run.__doc__,
        allow_abbrev=False,
    )
    own.add_argument(
        "--out", type=Path, default=OUT, metavar="DIR", help="the folder to write to (default: site)"
    )
    own.add_argument(
        "--lessons",
        type=lesson_numbers,
        metavar="01-05",
        help="only these: numbers and ranges, such as 00-03,07 (default: all)",
    )
    own.add_argument("--instructor", action="store_true", help="with our answers, notes and wrong ideas")
    own.add_argument(
        "--facts", type=Path, metavar="FILE", help="what facts --json has printed, to show what was seen"
    )


def run(args: argparse.Namespace) -> int:
    """Build the site from the stored outputs; nothing is executed.

    The exit status is 1 if an answer got into the students' edition, if a page has a fault, or if a lesson is
    missing.
    """
    from course.publish.kit import read_lessons
    from course.publish.site import address, build

    unread = name_unreadable()
    try:
        measured = json.loads(args.facts.read_text(encoding="utf-8")) if args.facts else None
        every = read_lessons(lessons_folder())
        chosen = read_lessons(lessons_folder(), args.lessons)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"{args.facts} cannot be read as what facts --json prints: {error}", file=sys.stderr)
        return 2
    try:
        built = build.build(
            chosen,
            args.out,
            edition="instructor" if args.instructor else "student",
            every=every,
            address=address.find(),
            measured=measured,
        )
    except build.SphinxFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    for leak in built.leaks:
        print(leak, file=sys.stderr)
    print(f"Lessons built: {built.lessons}. Open {built.folder / 'index.html'}")
    return 1 if built.leaks or unread else 0
