"""Change each right program a little, and see whether the exercise's check still lets it pass.

A mutant that passes is a mistake that the check does not see, or it is as right as its program: then it is
recorded, with the reason, in exercises/equivalent.yaml of its lesson (docs/authoring.md).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Iterator  # noqa: UP035  (parses and runs on 3.8)

from course.words import table

if TYPE_CHECKING:
    from course.publish.mutants import Tally


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``mutants``."""
    parser.add_argument(
        "exercises", nargs="*", metavar="exercise", help="whose mutants (default: all, hours)"
    )
    parser.add_argument("--sample", type=_positive, metavar="N", help="only N mutants, drawn in turn")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="what --sample draws (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    """Check and print; the exit status is 1 when there is something to do, 2 without such an exercise."""
    from course.practice import ContentError, UnknownId
    from course.practice.texts import exercise_text
    from course.publish.mutants import everything, sample

    try:
        for exercise in args.exercises:
            exercise_text(exercise)
        if args.sample is None:
            return _show(everything(args.exercises))
        return _show(sample(args.sample, args.seed, args.exercises))
    except UnknownId as error:
        print(error, file=sys.stderr)
        return 2
    except ContentError as error:
        print(error, file=sys.stderr)
        return 1


def _show(tallies: Iterator[Tally]) -> int:
    """Each mutant that is something to do, as it comes; the figures at the end."""
    from course.publish.mutants import FATES

    found: list[Tally] = []
    for tally in tallies:
        found.append(tally)
        for problem in tally.problems():
            print(problem, flush=True)
    counts = [[len(tally.fates), *(len(tally.of(fate)) for fate in FATES)] for tally in found]
    rows = [(tally.exercise, *map(str, row)) for tally, row in zip(found, counts, strict=True)]
    together = ("together", *(str(sum(column)) for column in zip(*counts, strict=True)))
    heads = ("exercise", "mutants", *FATES)
    print(table([*rows, together], heads, right=range(1, len(heads))))
    return int(any(tally.problems() for tally in found))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
