"""The facts and the notebooks hold each other, and every fact is as expected with what is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from course.facts import Cell, cells_by_fact, find
from course.seat import ROOT

RUN = "import sys; from course.cli import run_inside; sys.exit(run_inside('facts', sys.argv[1:]))"


def loose_ends(ids: Iterable[str], cells: Mapping[str, list[Cell]]) -> list[str]:
    known = set(ids)
    unmeasured = [f"nobody measures {id}, named by {found}" for id, found in cells.items() if id not in known]
    return [*unmeasured, *(f"no cell rests on {id}" for id in sorted(known - set(cells)))]


def surprises(report: Mapping[str, Any]) -> list[str]:
    return [
        f"{one['id']} {one['verdict']}, expected: {one['expected']}. {one['claim']} Seen: {one['evidence']}. "
        f"Cells: {[cell['notebook'] + ' ' + cell['id'] for cell in one['cells']]}"
        for one in report["facts"]
        if one["surprise"]
    ]


def test_facts_and_cells_hold_each_other() -> None:
    ids = [fact.id for fact in find()]
    assert loose_ends(ids, cells_by_fact()) == []
    assert len(ids) >= 60


@pytest.mark.parametrize(
    ("ids", "cells", "end"),
    [
        (["F1"], {"F1": [], "F2": [Cell(1, "01_one.ipynb", "why")]}, "nobody measures F2, named by [Cell("),
        (["F1", "F2"], {"F1": []}, "no cell rests on F2"),
    ],
)
def test_a_loose_end_is_seen(ids: list[str], cells: dict[str, list[Cell]], end: str) -> None:
    (seen,) = loose_ends(ids, cells)
    assert seen.startswith(end)


@pytest.mark.long
def test_every_fact_is_as_expected() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--json"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert not surprises(report), "\n".join([*surprises(report), str(report["versions"])])
    assert {one["id"] for one in report["facts"]} == {fact.id for fact in find()}
    assert done.returncode == 0
