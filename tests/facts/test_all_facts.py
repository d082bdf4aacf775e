"""The facts and the notebooks hold each other, and every fact is as expected with what is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course.cli.test import LESSON
from course.facts import Cell, Fact, cells_by_fact, find
from course.paths import ROOT

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


def unlocked(needs: Iterable[str]) -> set[str]:
    """Those that are optional: no installation of the course brings them."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = {Requirement(line).name for line in lock if line[:1].isalnum()}
    return set(map(canonicalize_name, needs)) - set(map(canonicalize_name, locked))


def test_only_what_is_optional_may_be_missing() -> None:
    """Else a fact that every installation can measure could be left out without a word."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {Requirement(line).name for extra in project["optional-dependencies"].values() for line in extra}
    needs = {name for fact in find() for name in fact.needs}
    assert needs <= extras
    assert unlocked(needs) == needs
    assert unlocked([*needs, "Starlette"]) == needs


def chosen() -> list[Fact]:
    """Every fact; those of one lesson's cells if only that lesson is looked at."""
    name = os.environ.get(LESSON)
    cells = cells_by_fact()
    return [
        fact
        for fact in find()
        if name is None or any(cell.notebook.endswith(f"_{name}.ipynb") for cell in cells.get(fact.id, []))
    ]


@pytest.mark.long
def test_every_fact_is_as_expected() -> None:
    facts = chosen()
    ids = [fact.id for fact in facts] if os.environ.get(LESSON) else []
    if not facts:
        pytest.skip("no cell of this lesson rests on a fact")
    done = subprocess.run(
        [sys.executable, "-c", RUN, "--json", *ids],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    assert not surprises(report), "\n".join([*surprises(report), str(report["versions"])])
    unmeasured = {one["id"] for one in report["facts"] if one["verdict"] == "not measured"}
    assert unmeasured == {fact.id for fact in facts if fact.missing}
    assert {one["id"] for one in report["facts"]} == {fact.id for fact in facts}
    assert done.returncode == 0
