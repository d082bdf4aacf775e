"""The one parser of the command line."""

from __future__ import annotations

import argparse
import importlib
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli import COMMANDS

_EPILOG = "Begin with: python3 -m course start"


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
    """The options of a command. A command that hands its arguments on takes all of them as they are."""
    module = importlib.import_module(COMMANDS[name].module)
    if getattr(module, "HANDS_ON", False) and not set(argv[:1]) & {"-h", "--help"}:
        return argparse.Namespace(command=name, rest=list(argv))
    return build().parse_args([name, *argv])
