"""The facts and the notebooks hold each other, and every fact is as expected with what is installed."""

from __future__ import annotations

import json
import subprocess
import sys

from course.facts import cells_by_fact, find
from course.seat import ROOT

RUN = "import sys; from course.cli import run_inside; sys.exit(run_inside('facts', sys.argv[1:]))"


def test_every_fact_is_named_by_a_cell() -> None:
    named = cells_by_fact()
    assert not [fact.id for fact in find() if fact.id not in named], "no cell rests on these facts"


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
    surprises = [
        f"{one['id']} {one['verdict']}, expected: {one['expected']}. {one['claim']} Seen: {one['evidence']}. "
        f"Cells: {[cell['notebook'] + ' ' + cell['id'] for cell in one['cells']]}"
        for one in report["facts"]
        if one["surprise"]
    ]
    assert not surprises, "\n".join([*surprises, str(report["versions"])])
    assert {one["id"] for one in report["facts"]} == {fact.id for fact in find()}
    assert done.returncode == 0
