"""Everything to print, show and hand round, in one folder that needs no network.

Student and instructor editions, slides, a handout, the answer key, and an index.html that links them.
"""

from __future__ import annotations

import argparse
import sys

from course.cli._kit_options import add_lessons, add_out, name_unreadable
from course.cli._says import sentence
from course.paths import NOTEBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit build``."""
    add_lessons(parser)
    add_out(parser)


def run(args: argparse.Namespace) -> int:
    """Build the kit; the exit status is 1 if it has an answer for students in it, or lacks a lesson."""
    from course.publish.kit import build

    unread = name_unreadable()
    try:
        built = build.build(NOTEBOOKS, args.out, args.lessons)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    for leak in built.leaks:
        print(leak, file=sys.stderr)
    index = built.folder / "index.html"
    print(sentence("kit.built", lessons=built.lessons, files=len(built.files), index=index))
    return 1 if built.leaks or unread else 0
