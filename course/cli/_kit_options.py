"""What the parts of the kit take from the command line in the same way."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from course.notebook import unreadable
from course.paths import NOTEBOOKS

OUT = Path("kit")
"""Where the kit is put when nobody says where: in the current folder."""


def add_lessons(parser: argparse.ArgumentParser) -> None:
    """The option ``--lessons``."""
    parser.add_argument(
        "--lessons",
        type=lesson_numbers,
        metavar="01-05",
        help="only these: numbers and ranges, such as 00-03,07 (default: all)",
    )


def add_out(parser: argparse.ArgumentParser) -> None:
    """The option ``--out``."""
    parser.add_argument(
        "--out", type=Path, default=OUT, metavar="DIR", help="the folder to write to (default: kit)"
    )


def name_unreadable() -> int:
    """Name each notebook that cannot be read, and what to do; returns how many there are."""
    found = unreadable(NOTEBOOKS)
    for trouble in found:
        print(trouble, file=sys.stderr)
    return len(found)


def lesson_numbers(text: str) -> frozenset[int]:
    """Numbers and ranges of lessons, as in ``00-03,07``."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2})(?:\s*-\s*(\d{1,2}))?\s*", part)
        if match is None:
            raise argparse.ArgumentTypeError(f"{part!r} is no lesson; write numbers and ranges: 00-03,07")
        first = int(match.group(1))
        last = int(match.group(2) or first)
        if last < first:
            raise argparse.ArgumentTypeError(f"{part!r} runs backwards; write {last:02d}-{first:02d}")
        found.update(range(first, last + 1))
    return frozenset(found)


def minutes(text: str) -> list[int]:
    """Minutes with commas between, as in ``90,90``."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not minutes; write them like 90,90") from None
    if any(not 0 <= each <= 24 * 60 for each in found):
        raise argparse.ArgumentTypeError(f"{text!r} does not lie within a day; write minutes like 90,90")
    return found


def time_of_day(text: str) -> int:
    """A time such as ``09:00``, in minutes from midnight."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time of day; write it like 09:00")
    return 60 * int(match.group(1)) + int(match.group(2))
