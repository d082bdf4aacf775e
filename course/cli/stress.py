"""Check the right programs again and again, with delays at random and beside busy processes.

Each check has to say the same in every round. A verdict that depends on how long something took is found out,
and the seed that it is printed with repeats its delays.
"""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``stress``."""
    parser.add_argument("exercises", nargs="*", metavar="exercise", help="whose programs (default: all)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="S",
        help="what the delays are drawn from (default: %(default)s)",
    )
    parser.add_argument(
        "--wrong", action="store_true", help="also the wrong ones, each of which gets its miss"
    )


def run(args: argparse.Namespace) -> int:
    """Check and print; the exit status is 1 when a verdict was another one, 2 without such an exercise."""
    from course.practice import ContentError, UnknownId
    from course.practice.texts import exercise_text
    from course.publish import stress

    try:
        for exercise in args.exercises:
            exercise_text(exercise)
        found = []
        _row("exercise", "checks", "refused")
        for rounds in stress.run(args.rounds, args.seed, args.exercises, wrong=args.wrong):
            found.append(rounds)
            _row(rounds.exercise, rounds.checks, len(rounds.refused))
            for refused in rounds.refused:
                print(refused, flush=True)
    except UnknownId as error:
        print(error, file=sys.stderr)
        return 2
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1
    refused_in_all = sum(len(each.refused) for each in found)
    _row("together", sum(each.checks for each in found), refused_in_all)
    return int(refused_in_all > 0)


def _row(name: str, checks: object, refused: object) -> None:
    """One line of the table, as soon as it is known: all rounds of all exercises take hours."""
    print(f"{name:<24}{checks:>8}{refused:>9}", flush=True)
