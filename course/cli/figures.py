"""Measure what the course promises: set-up, start, tests, notebooks under load, memory.

Everything runs as a learner would run it, in a fresh clone of the last commit where that matters.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Iterator  # noqa: UP035  (parses and runs on 3.8)

if TYPE_CHECKING:
    from course.cli._measure import Value


@dataclass(frozen=True)
class Figure:
    """Something that can be measured."""

    what: str
    takes: str
    measure: Callable[[argparse.Namespace], Iterator[Value]]


def _figures() -> dict[str, Figure]:
    from course.cli import _measure as m

    return {
        "first-start": Figure(
            "fresh clone to JupyterLab answering, with uv and with pip", "3 min", m.first_start
        ),
        "second-start": Figure("start to the first answer when all is set up", "5 s", m.second_start),
        "memory": Figure("a kernel: bare, with the course, with a server", "10 s", m.memory),
        "checks": Figure("a check in its own process: the first, what it adds, memory", "10 s", m.checks),
        "notebooks": Figure("the notebook gate, serial and parallel", "2 min", m.notebooks),
        "faults": Figure("planted faults caught / planted", "1 min", m.faults),
        "tests": Figure("the whole test command", "5 min", m.tests),
        "load": Figure("notebook runs in a row beside two busy processes", "20 min", m.load),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``figures``."""
    parser.add_argument("names", nargs="*", metavar="name", help="what to measure (default: everything)")
    parser.add_argument("--list", action="store_true", help="list what can be measured and how long it takes")
    parser.add_argument("--json", action="store_true", help="print one JSON object per value")
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="runs of 'load' (default: 20)")


def run(args: argparse.Namespace) -> int:
    """Measure and print each value as it comes; the exit status is 1 if a goal is missed."""
    figures = _figures()
    unknown = [name for name in args.names if name not in figures]
    if args.list or unknown:
        for name, figure in figures.items():
            print(f"{name:<14}{figure.takes:<8}{figure.what}")
        return 2 if unknown else 0
    missed = False
    for name in args.names or figures:
        for value in figures[name].measure(args):
            print(json.dumps(_as_dict(name, value)) if args.json else value, flush=True)
            missed |= value.goal is not None and value.value > value.goal
    return int(missed)


def _as_dict(name: str, value: Value) -> dict[str, Any]:
    return {"figure": name, **vars(value)}
