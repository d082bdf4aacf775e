"""An agenda with clock times, from the minutes in the lessons: what fits, what does not, what to cut first.

Prints it, and writes agenda.html and agenda.ics, whose times are those of the clock in the room.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from course.cli._kit_options import add_lessons, add_out, minutes, name_unreadable, time_of_day
from course.cli._says import sentence
from course.paths import NOTEBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit plan``."""
    parser.add_argument(
        "--slots", type=minutes, required=True, metavar="90,90", help="minutes of work between breaks"
    )
    parser.add_argument(
        "--break",
        dest="breaks",
        type=minutes,
        default=[15],
        metavar="15",
        help="minutes of each break, or one number for each: 15,60,15 (default: 15)",
    )
    parser.add_argument(
        "--start", type=time_of_day, default=9 * 60, metavar="09:00", help="when it begins (default: 09:00)"
    )
    parser.add_argument(
        "--date",
        type=dt.date.fromisoformat,
        metavar="2030-01-31",
        help="the day, for the calendar (default: tomorrow)",
    )
    add_lessons(parser)
    add_out(parser)


def run(args: argparse.Namespace) -> int:
    """Print the agenda and write its two files."""
    from course.publish.kit import agenda, read_lessons

    unread = name_unreadable()
    day = args.date or dt.date.today() + dt.timedelta(days=1)
    try:
        plan = agenda.plan(read_lessons(NOTEBOOKS, args.lessons), args.slots, args.breaks, args.start)
    except (LookupError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 2
    print(plan)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "agenda.html").write_text(agenda.to_html(plan), encoding="utf-8", newline="\n")
    (args.out / "agenda.ics").write_bytes(agenda.to_ics(plan, day))
    files = f"{args.out / 'agenda.html'}, {args.out / 'agenda.ics'}"
    print("\n" + sentence("kit.written-for", files=files, day=day.isoformat()))
    return 1 if unread else 0
