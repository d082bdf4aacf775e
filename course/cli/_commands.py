"""The commands, the one parser of their arguments, and running one of them in this Python."""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli._failures import CannotGoOn
from course.seat import NEWEST, too_new
from course.words import say

_EPILOG = "Begin with: python3 -m course start"


@dataclass(frozen=True)
class Command:
    """One command: where its code is, what it is for, and whether it runs in the course's environment."""

    module: str
    help: str
    needs_environment: bool = True


COMMANDS = {
    "start": Command("course.cli.start", "set the course up and open its lessons in JupyterLab"),
    "test": Command("course.cli.test", "set the course up and prove every lesson and every check"),
    "doctor": Command(
        "course.cli.doctor", "check this seat: one line per check, one remedy per failure", False
    ),
    "update": Command("course.cli.update", "bring newer lessons beside the ones that you work on"),
    "progress": Command("course.cli.progress", "show what you have done so far"),
    "verify": Command("course.cli.verify", "check a certificate against its digest"),
    "kit": Command("course.cli.kit", "for instructors: print, show, plan and hand round the course"),
    "class": Command("course.cli.classes", "for instructors: see who is stuck in a class, while it works"),
    "site": Command("course.cli.site", "build the web site of the lessons"),
    "new": Command("course.cli.new", "for authors: begin an exercise, a lesson or a language"),
    "refresh": Command("course.cli.refresh", "for authors: run notebooks again and store what comes out"),
    "audit": Command("course.cli.audit", "for authors: find what the notebook tests would not see"),
    "translate": Command(
        "course.cli.translate", "for translators: bring the catalogues up to date, and check them"
    ),
    "mutants": Command("course.cli.mutants", "for authors: prove that the checks notice small mistakes"),
    "stress": Command("course.cli.stress", "for authors: prove that no verdict depends on a good moment"),
    "facts": Command("course.cli.facts", "for authors: measure what the lessons claim about the libraries"),
    "figures": Command("course.cli.figures", "for authors: measure set-up, start, tests and memory"),
}


def build() -> argparse.ArgumentParser:
    """The parser with all commands; needs no package."""
    parser = argparse.ArgumentParser(
        prog="python3 -m course",
        description="After the Response: a hands-on course on background work in FastAPI.",
        epilog=_EPILOG,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, command in COMMANDS.items():
        module = importlib.import_module(command.module)
        own = commands.add_parser(name, help=command.help, description=module.__doc__, allow_abbrev=False)
        module.add_arguments(own)
    return parser


def parse(name: str, argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command. A command that passes its arguments on takes all of them unparsed."""
    module = importlib.import_module(COMMANDS[name].module)
    if getattr(module, "HANDS_ON", False) and not set(argv[:1]) & {"-h", "--help"}:
        return argparse.Namespace(command=name, rest=list(argv))
    return build().parse_args([name, *argv])


def run_inside(name: str, argv: Sequence[str]) -> int:
    """Run a command in this Python, which has all packages."""
    never_fail_to_print()
    arguments = parse(name, argv)
    try:
        status: int = importlib.import_module(COMMANDS[name].module).run(arguments)
    except CannotGoOn as failure:
        return fail(failure)
    except KeyboardInterrupt:
        return 130
    return status


def fail(failure: CannotGoOn) -> int:
    """Print why a command cannot go on; the exit status."""
    print(failure, file=sys.stderr)
    return failure.status


def note_new_python() -> None:
    """One line if this Python is newer than any that the course was tested on."""
    if too_new():
        version, newest = (".".join(map(str, number)) for number in (sys.version_info[:2], NEWEST))
        note = say(
            "Note: this is Python {version}; the course was tested up to {newest}. Going on.",
            version=version,
            newest=newest,
        )
        print(note, file=sys.stderr)


def never_fail_to_print() -> None:
    """Print the number of a character that the terminal cannot show, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
