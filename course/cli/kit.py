"""The instructor's kit: what you print, show, plan with and hand round in a room."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable  # noqa: UP035  (parses and runs on 3.8)

from course.cli import _kit_room, _kit_wheelhouse
from course.notebook import lessons_folder, unreadable

OUT = Path("kit")
"""The default folder of the kit, in the current folder."""


@dataclass(frozen=True)
class Part:
    """One part of the kit. The docstring of ``run`` is what its ``--help`` says."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of ``kit``, each with its own options."""
    parts = parser.add_subparsers(dest="part", metavar="part", required=True)
    for name, part in PARTS.items():
        own = parts.add_parser(name, help=part.help, description=part.run.__doc__, allow_abbrev=False)
        part.add_arguments(own)


def run(args: argparse.Namespace) -> int:
    """Run the part that was named."""
    return PARTS[args.part].run(args)


def _add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit build``."""
    _add_lessons(parser)
    _add_out(parser)


def build(args: argparse.Namespace) -> int:
    """Everything to print, show and hand round, in one folder that needs no network.

    Student and instructor editions, slides, a handout, the answer key, and an index.html that links them. The
    exit status is 1 if an answer got into the students' part, or if a lesson is missing.
    """
    from course.publish import kit
    from course.publish.site.build import SphinxFailed

    unread = name_unreadable()
    try:
        built = kit.build.build(lessons_folder(), args.out, args.lessons)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    except SphinxFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    for leak in built.leaks:
        print(leak, file=sys.stderr)
    print(f"Lessons built: {built.lessons}; files: {len(built.files)}. Open {built.folder / 'index.html'}")
    return 1 if built.leaks or unread else 0


def _add_plan_arguments(parser: argparse.ArgumentParser) -> None:
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
        type=iso_date,
        metavar="2030-01-31",
        help="the day, for the calendar (default: tomorrow)",
    )
    parser.add_argument(
        "--arrival",
        type=int,
        default=10,
        metavar="10",
        help="minutes at the beginning for arriving and setting up, from the first slot (default: 10)",
    )
    parser.add_argument("--name", default="After the Response", help="what the calendar calls the course")
    parser.add_argument("--place", default="", help="where it is: a room, or an address to join at")
    parser.add_argument(
        "--zone",
        type=time_zone,
        metavar="Europe/Berlin",
        help="the time zone, for a course that people join from elsewhere (default: the clock on the wall)",
    )
    _add_lessons(parser)
    _add_out(parser)


def plan(args: argparse.Namespace) -> int:
    """An agenda with clock times: what fits, and what to cut first.

    The minutes are those in the lessons; where kit timings has written timings.csv into the same folder,
    those of your classes. Prints it, and writes agenda.html and agenda.ics. The exit status is 1 if a lesson
    has no place.
    """
    from course.publish.kit import agenda, read_lessons
    from course.publish.kit.timings import medians

    unread = name_unreadable()
    day = args.date or dt.date.today() + dt.timedelta(days=1)
    course = agenda.Course(args.name, args.place, day)
    try:
        measured = medians(args.out / "timings.csv")
        lessons = agenda.as_measured(read_lessons(lessons_folder(), args.lessons), measured)
        made = agenda.plan(lessons, args.slots, args.breaks, args.start, arrival=args.arrival, course=course)
    except (LookupError, ValueError) as error:
        print(error.args[0], file=sys.stderr)
        return 2
    print(made)
    if many := sum(isinstance(lesson, agenda.Measured) for lesson in lessons):
        print(f"\nMinutes of {many} lessons are those measured, from {args.out / 'timings.csv'}.")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "agenda.html").write_text(agenda.to_html(made), encoding="utf-8", newline="\n")
    (args.out / "agenda.ics").write_bytes(agenda.to_ics(made, day, zone=args.zone))
    print(f"\nWritten: {args.out / 'agenda.html'}, {args.out / 'agenda.ics'} (for {day.isoformat()})")
    return 1 if unread or not made.possible else 0


def _add_timings_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit timings``."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="journals, or folders with *.jsonl files in them"
    )
    parser.add_argument("--names", action="store_true", help="call learners by the names of their files")
    _add_out(parser)


def timings(args: argparse.Namespace) -> int:
    """Planned and measured minutes of a class, and its commonest wrong ideas, from its learners' journals.

    A journal is the file .course/journal.jsonl in a learner's workspace. Prints a table, and writes
    timings.csv and timings.svg. Learners are numbered, not named, unless you ask for it. The exit status is 1
    if no journal could be used, or if a lesson is missing.
    """
    from course.publish import kit

    unread = name_unreadable()
    found = kit.timings.read_timings(args.files, kit.read_lessons(lessons_folder()), names=args.names)
    for remark in found.remarks:
        print(remark, file=sys.stderr)
    print(found)
    if not found.rows:
        return 1
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "timings.csv").write_text(kit.timings.to_csv(found), encoding="utf-8", newline="")
    (args.out / "timings.svg").write_text(kit.timings.to_svg(found), encoding="utf-8", newline="\n")
    print(f"\nWritten: {args.out / 'timings.csv'}, {args.out / 'timings.svg'}")
    return 1 if unread else 0


def _add_attendance_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit attendance``."""
    parser.add_argument("names", type=Path, help="a file with one name on a line; # begins a comment")
    parser.add_argument("--by", required=True, metavar="NAME", help="who signs: your name")
    parser.add_argument("--date", type=iso_date, metavar="2030-01-31", help="the day (default: today)")
    parser.add_argument("--name", default="After the Response", help="what the course was called")
    parser.add_argument("--place", default="", help="where it was")
    _add_lessons(parser)
    _add_out(parser)


def attendance(args: argparse.Namespace) -> int:
    """Certificates of attendance for a class, one page each, to print and to sign.

    They say who was there and what was taught. The certificate of the capstone says what was solved, and
    python3 -m course verify reads that one.
    """
    from course.publish import kit

    unread = name_unreadable()
    course = kit.agenda.Course(args.name, args.place, args.date or dt.date.today())
    try:
        lines = _kit_room.text_of(args.names.read_bytes()).splitlines()
        names = [name for line in lines if (name := line.partition("#")[0].strip())]
        page = kit.attendance.to_html(
            names, kit.read_lessons(lessons_folder(), args.lessons), course, args.by
        )
    except OSError as error:
        print(f"{args.names} cannot be read ({error.strerror or error}).", file=sys.stderr)
        return 2
    except (LookupError, ValueError) as error:
        print(f"{args.names}: {error}" if isinstance(error, UnicodeError) else error.args[0], file=sys.stderr)
        return 2
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "attendance.html").write_text(page, encoding="utf-8", newline="\n")
    print(f"Certificates: {len(names)}. Print {args.out / 'attendance.html'}")
    return 1 if unread else 0


# options


def _add_lessons(parser: argparse.ArgumentParser) -> None:
    """The option ``--lessons``."""
    parser.add_argument(
        "--lessons",
        type=lesson_numbers,
        metavar="01-05",
        help="only these: numbers and ranges, such as 00-03,07 (default: all)",
    )


def _add_out(parser: argparse.ArgumentParser) -> None:
    """The option ``--out``."""
    parser.add_argument(
        "--out", type=Path, default=OUT, metavar="DIR", help="the folder to write to (default: kit)"
    )


def name_unreadable() -> int:
    """Name each notebook that cannot be read, and what to do; returns how many there are."""
    found = unreadable(lessons_folder())
    for trouble in found:
        print(trouble, file=sys.stderr)
    return len(found)


def lesson_numbers(text: str) -> frozenset[int]:
    """Numbers and ranges of lessons, as in ``00-03,07``."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2})(?:\s*-\s*(\d{1,2}))?\s*", part)
        if match is None:
            raise argparse.ArgumentTypeError(f"{part!r} is not a lesson; write numbers and ranges: 00-03,07")
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
        raise argparse.ArgumentTypeError(f"{text!r} is not a time of day; write it like 09:00")
    return 60 * int(match.group(1)) + int(match.group(2))


def iso_date(text: str) -> dt.date:
    """A date such as ``2030-01-31``."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"there is no day {text!r}; write one like 2030-01-31") from None
    raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2030-01-31")


def time_zone(text: str) -> dt.tzinfo:
    """A time zone by its name, such as ``Europe/Berlin``."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time zone; write it like Europe/Berlin or UTC"
        ) from None


PARTS: dict[str, Part] = {
    "build": Part("editions, slides, handouts and answer key, for offline use", _add_build_arguments, build),
    "plan": Part("an agenda with clock times: text, HTML and calendar", _add_plan_arguments, plan),
    "timings": Part("planned and measured minutes, from learners' journals", _add_timings_arguments, timings),
    "attendance": Part("certificates of attendance, to print", _add_attendance_arguments, attendance),
    "wheelhouse": Part(
        "collect all packages for a room without internet", _kit_wheelhouse.add_arguments, _kit_wheelhouse.run
    ),
    "doctor-codes": Part(
        "who needs help, by the codes of their doctor", _kit_room.add_codes_arguments, _kit_room.doctor_codes
    ),
    "serve": Part(
        "offer that folder to every seat in the room", _kit_room.add_serve_arguments, _kit_room.serve
    ),
}
"""The parts of the kit by name."""
