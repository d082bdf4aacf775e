"""Begin an exercise or a lesson: files and cells that work, with TODO wherever something is to be written.

Or begin a language: catalogues of everything that there is to translate.
"""

from __future__ import annotations

import argparse
import sys

from course import words
from course.cli import _workspace
from course.paths import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``new exercise``, ``new lesson`` and ``new language``."""
    parts = parser.add_subparsers(dest="part", metavar="part", required=True)
    exercise = parts.add_parser("exercise", help="its programs, words, check and cells", allow_abbrev=False)
    exercise.add_argument("name", metavar="id", help="for example after.audit; it is kept for ever")
    exercise.add_argument(
        "--lesson", metavar="LESSON", help="number or name (default: the one whose ids begin like this)"
    )
    lesson = parts.add_parser("lesson", help="its folder and its notebook", allow_abbrev=False)
    lesson.add_argument(
        "name", metavar="name", help="for example order_and_data; ids of exercises begin with its first word"
    )
    language = parts.add_parser("language", help="its catalogues", allow_abbrev=False)
    language.add_argument("name", metavar="language", help="for example zh_CN or nl")


def run(args: argparse.Namespace) -> int:
    """Write the files and say which; the exit status is 1 when nothing could be begun."""
    from course.publish import SkeletonError, new_exercise, new_lesson

    if args.part == "language":
        return _begin_language(args.name)
    try:
        if args.part == "exercise":
            lesson = args.lesson and _workspace.name_of(_workspace.notebook_called(args.lesson))
            begun = new_exercise(args.name, lesson)
        else:
            begun = new_lesson(args.name)
    except SkeletonError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Begun: {begun.name}. Each TODO in it is something to write.")
    for path, what in begun.written.items():
        print(f"    {path.relative_to(ROOT).as_posix()}: {what}")
    if args.part == "lesson":
        print("Add the lesson to the table in README.md. An exercise begins with")
        print(f"    python3 -m course new exercise {args.name.partition('_')[0]}.<what-it-is-about>")
    print("When it is written (docs/authoring.md says how):")
    print(f"    python3 -m course refresh {begun.notebook.relative_to(ROOT).as_posix()}")
    print(f"    python3 -m course test --lesson {begun.notebook.stem[:2]}")
    return 0


def _begin_language(name: str) -> int:
    from babel import Locale, UnknownLocaleError

    from course.publish import translation

    try:
        called = Locale.parse(name).english_name
    except (UnknownLocaleError, ValueError):
        print(f"{name!r} is no language that is known. Write it as in zh_CN, nl or pt_BR.", file=sys.stderr)
        return 1
    if name in [words.ENGLISH, *words.languages()]:
        print(f"{called} is there. Bring it up to date with: python3 -m course translate", file=sys.stderr)
        return 1
    written = translation.bring_up_to_date(name)
    print(f"Begun: {called}, {len(written)} catalogues in {written[0].parent}.")
    print("docs/translating.md says how to fill them. How far they are, and whether they fit, says")
    print(f"    python3 -m course translate {name}")
    return 0
