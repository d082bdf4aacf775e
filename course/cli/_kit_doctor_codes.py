"""Read the codes that the doctor printed on each seat, and say who needs help and how.

The file has a name and a code in each line, or only codes, copied from a chat, say. The last code of a name
counts. The exit status is 0 if every seat works.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Iterable  # noqa: UP035  (parses and runs on 3.8)

from course.cli._says import sentence
from course.seat import MistypedCode, Seat, decode, general_remedy

_LINE = re.compile(r"(?P<name>.*?)[\s,;:=]*\b(?P<code>[0-9A-Za-z]{5}[ -]?[0-9A-Za-z]{5})")
_ENDED_BY = {"python": None, "environment": {"packages", "kernel", "server"}, "server": {"kernel"}}
"""Failures that others only follow from: all others, or those named. Kernels, too, answer on 127.0.0.1."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit doctor-codes``."""
    parser.add_argument("file", help="lines of a name and a code; - reads what is typed or piped in")


def run(args: argparse.Namespace) -> int:
    """Print who needs help, grouped by what helps."""
    try:
        text = sys.stdin.read() if args.file == "-" else Path(args.file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or error
        print(sentence("codes.no-file", file=args.file, detail=detail), file=sys.stderr)
        return 2
    seats, mistyped = read(text.splitlines())
    if not seats and not mistyped:
        print(sentence("codes.none", file=args.file), file=sys.stderr)
        return 2
    print(summary(seats, mistyped))
    return 1 if mistyped or any(seat.failed for seat in seats.values()) else 0


def read(lines: Iterable[str]) -> tuple[dict[str, Seat], dict[int, str]]:
    """The seats by name, and by number the lines in which there is no code that agrees with itself."""
    seats, mistyped = {}, {}
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        try:
            if found is None:
                raise MistypedCode(line)
            name = found.group("name").strip() or sentence("codes.unnamed", number=number)
            seats[name] = decode(found.group("code"))
        except MistypedCode:
            mistyped[number] = line
    return seats, mistyped


def summary(seats: dict[str, Seat], mistyped: dict[int, str]) -> str:
    """One paragraph for each remedy, the one that helps most seats first; then the lines to ask about."""
    in_need = {name: seat for name, seat in seats.items() if seat.failed}
    key = "codes.need-help" if in_need else "codes.all-well"
    lines = [sentence(key, count=len(seats), failed=len(in_need))] if seats else []
    helped: dict[str, list[str]] = {}
    for name, seat in in_need.items():
        checks = _causes(seat.failed)
        for remedy in dict.fromkeys(map(general_remedy, checks)):
            why = ", ".join(check for check in checks if general_remedy(check) == remedy)
            helped.setdefault(remedy, []).append(sentence("codes.seat", name=name, seat=seat, checks=why))
    for remedy, named in sorted(helped.items(), key=lambda item: -len(item[1])):
        lines += ["", remedy, *named]
    if mistyped:
        lines += ["", sentence("codes.mistyped")]
        lines += [
            sentence("codes.mistyped-line", number=number, text=text) for number, text in mistyped.items()
        ]
    return "\n".join(lines).strip()


def _causes(failed: tuple[str, ...]) -> list[str]:
    """The failures without those that only follow from another."""
    causes = list(failed)
    for cause, follow in _ENDED_BY.items():
        if cause in causes:
            causes = [
                check for check in causes if check == cause or (follow is not None and check not in follow)
            ]
    return causes
