"""Measure what the lessons claim, with the versions that are installed; name the cells to revise."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import threading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``facts``."""
    parser.add_argument("ids", nargs="*", metavar="id", help="what to measure, such as F10 (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with all versions")
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=_processors(),
        metavar="N",
        help="so many at once (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Measure and print; the exit status is 1 after a surprise, 2 if there is no such fact."""
    from course.cli import _lab
    from course.facts import cells_by_fact, find, measure
    from course.facts.report import as_json, sentences, show
    from course.notebook import unreadable
    from course.paths import NOTEBOOKS

    facts = {fact.id: fact for fact in find()}
    unknown = [id for id in args.ids if id not in facts]
    for id in unknown:
        near = ", ".join(difflib.get_close_matches(id.upper(), facts, 3, 0.5))
        remedy = f"Did you mean {near}?" if near else "Without an id, all are measured."
        print(f"There is no fact {id}. {remedy}", file=sys.stderr)
    if unknown:
        return 2
    _lab.reach_loopback_directly(os.environ)
    chosen = [facts[id] for id in dict.fromkeys(args.ids)] or list(facts.values())
    results = measure(chosen, args.jobs, _Count(len(chosen)))
    cells = cells_by_fact()
    for trouble in unreadable(NOTEBOOKS):
        print(trouble, file=sys.stderr)
    if args.json:
        print(as_json(results, cells))
        for line in sentences(results, cells):  # for the log, when the object goes into a file
            print(line, file=sys.stderr)
    else:
        show(results, cells, sys.stdout)
    return int(any(one.surprise for one in results))


class _Count:
    """Shows the progress on a terminal."""

    def __init__(self, total: int) -> None:
        self._total, self._done, self._lock = total, 0, threading.Lock()

    def __call__(self, _: object) -> None:
        with self._lock:
            self._done += 1
            if sys.stderr.isatty():
                text = f"{self._done} of {self._total} facts measured"
                sys.stderr.write("\r" + (text if self._done < self._total else " " * len(text) + "\r"))
                sys.stderr.flush()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
