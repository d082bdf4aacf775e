"""How the verdicts are shown: a table and sentences for people, one JSON object for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course.facts._fact import Cell, version_of
from course.facts._run import UNMEASURED, Measured

_WIDTH = 100
_NAMED = ("python", "fastapi", "starlette", "uvicorn", "anyio", "tenacity", "pydantic")
_SHOWN = _NAMED[:4]


def show(results: Sequence[Measured], cells: Mapping[str, Sequence[Cell]], out: TextIO) -> None:
    """Print the table, then what is not as expected with the cells to revise."""
    console = Console(file=out, width=_WIDTH, color_system=None, force_terminal=False)
    console.print(_table(results))
    for line in sentences(results, cells):
        console.print(Text(line))


def _table(results: Sequence[Measured]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, width=_WIDTH, pad_edge=False, show_edge=False)
    table.add_column("fact", no_wrap=True)
    table.add_column("claim", ratio=5, overflow="fold")
    table.add_column("here", width=8)
    table.add_column("expected", width=8)
    table.add_column("what was seen", ratio=4, overflow="fold")
    table.add_column("s", justify="right", no_wrap=True)
    for one in results:
        expected = one.fact.expected or "not known"
        row = (one.fact.id, one.fact.claim, one.verdict, expected, one.evidence, f"{one.seconds:.1f}")
        table.add_row(*map(Text, row))
    return table


def sentences(results: Sequence[Measured], cells: Mapping[str, Sequence[Cell]]) -> Iterator[str]:
    """What is not as expected, with the cells to revise, and how many facts were measured with what."""
    surprises = [one for one in results if one.surprise]
    for one in surprises:
        fact = one.fact
        yield f"{fact.id} {one.verdict} here; expected: {fact.expected}. Its claim: {fact.claim}"
        resting = cells.get(fact.id, ())
        for (lesson, notebook), group in groupby(resting, lambda cell: (cell.lesson, cell.notebook)):
            ids = ", ".join(cell.id for cell in group)
            yield f"  Revise lesson {lesson:02} ({notebook}), cells: {ids}"
        if not resting:
            yield "  No cell rests on it."
    unmeasured = [one for one in results if one.verdict == UNMEASURED]
    for one in unmeasured:
        yield f"{one.fact.id} was not measured: {one.evidence}."
    versions = ", ".join(f"{name} {version_of(name)}" for name in _SHOWN)
    count = len(results) - len(unmeasured)
    yield f"Measured: {count}; not as expected: {len(surprises)}. {versions}."


def as_json(results: Sequence[Measured], cells: Mapping[str, Sequence[Cell]]) -> str:
    """Everything that `show` prints, and the versions it was measured with, for programs."""
    facts = [
        {
            "id": one.fact.id,
            "claim": one.fact.claim,
            "verdict": one.verdict,
            "expected": one.fact.expected,
            "surprise": one.surprise,
            "evidence": one.evidence,
            "seconds": round(one.seconds, 3),
            "known": [str(requirement) for requirement in one.fact.known],
            "fails": [str(requirement) for requirement in one.fact.fails],
            "needs": list(one.fact.needs),
            "cells": [asdict(cell) for cell in cells.get(one.fact.id, ())],
        }
        for one in results
    ]
    versions = {name: version_of(name) for name in _NAMED} | {"os": platform.platform()}
    report = {"versions": versions, "surprises": sum(one.surprise for one in results), "facts": facts}
    return json.dumps(report, indent=1, ensure_ascii=False)
