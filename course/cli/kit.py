"""The instructor's kit: what you print, show, plan with and hand round in a room."""

from __future__ import annotations

import argparse
import importlib

from course.cli import Command

COMMANDS: dict[str, Command] = {
    "build": Command("course.cli._kit_build", "editions, slides, handouts and answer key, for offline use"),
    "plan": Command("course.cli._kit_plan", "an agenda with clock times: text, HTML and calendar"),
    "timings": Command("course.cli._kit_timings", "planned and measured minutes, from learners' journals"),
    "wheelhouse": Command("course.cli._kit_wheelhouse", "collect all packages for a room without internet"),
    "doctor-codes": Command("course.cli._kit_doctor_codes", "who needs help, by the codes of their doctor"),
    "serve": Command("course.cli._kit_serve", "offer that folder to every seat in the room"),
}
"""The parts of the kit by name: each is a module with ``add_arguments`` and ``run``, like any command."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of ``kit``, each with its own options."""
    parts = parser.add_subparsers(dest="part", metavar="part", required=True)
    for name, command in COMMANDS.items():
        module = importlib.import_module(command.module)
        own = parts.add_parser(name, help=command.help, description=module.__doc__, allow_abbrev=False)
        module.add_arguments(own)


def run(args: argparse.Namespace) -> int:
    """Run the part that was named."""
    status: int = importlib.import_module(COMMANDS[args.part].module).run(args)
    return status
