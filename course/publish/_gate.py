"""Running the notebook gate from outside: what came of each cell, and the same many times under load."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course.paths import ROOT
from course.publish.load import Busy

_CELL = re.compile(
    r"^(?P<outcome>PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\s+"
    r"(?P<file>\S+\.ipynb)(?:\[(?P<edition>\w+)\])?::Cell \d+ (?P<cell>[\w-]+)",
    re.M,
)

# Two packages that no notebook needs take most of pytest's start: jsonschema builds a grammar for URIs when
# it finds this one, and Hypothesis loads all of itself.
_PYTEST = "import sys; sys.modules['rfc3987_syntax'] = None; import pytest; sys.exit(pytest.main())"
_NOT_NEEDED = ("cacheprovider", "hypothesispytest")


@dataclass(frozen=True)
class CellId:
    """One code cell of one edition of one notebook."""

    file: str
    edition: str
    cell: str

    def __str__(self) -> str:
        return f"{self.file} ({self.edition}), cell {self.cell}"


@dataclass(frozen=True)
class GateRun:
    """What one run of the gate said."""

    status: int
    """The exit status of pytest: 0 when everything passed."""
    seconds: float
    outcomes: dict[CellId, str]
    output: str = field(repr=False)

    @property
    def failed(self) -> set[CellId]:
        """The cells that did not pass."""
        return {cell for cell, outcome in self.outcomes.items() if outcome != "PASSED"}


def run_gate(folder: Path, *arguments: str) -> GateRun:
    """Run pytest in ``folder`` with ``arguments`` and read what came of each notebook cell."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
    options = ["-q", "-rA", "--tb=short", "--no-header", "--color=no"]
    options += [part for plugin in _NOT_NEEDED for part in ("-p", f"no:{plugin}")]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PYTEST, *options, *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    seconds = time.perf_counter() - began
    outcomes: dict[CellId, str] = {}
    for match in _CELL.finditer(done.stdout):
        cell = CellId(match["file"], match["edition"] or "shipped", match["cell"])
        if outcomes.get(cell, "PASSED") == "PASSED":  # a cell that passed may still fail in its teardown
            outcomes[cell] = match["outcome"]
    return GateRun(done.returncode, seconds, outcomes, done.stdout)


@dataclass(frozen=True)
class Stability:
    """The result of many runs in a row."""

    runs: tuple[GateRun, ...]

    @property
    def failures(self) -> int:
        """How many runs did not pass."""
        return sum(1 for run in self.runs if run.status != 0 or not run.outcomes)

    @property
    def failed_cells(self) -> dict[CellId, int]:
        """How often each cell failed that ever did."""
        counts: dict[CellId, int] = {}
        for run in self.runs:
            for cell in run.failed:
                counts[cell] = counts.get(cell, 0) + 1
        return counts

    def __str__(self) -> str:
        seconds = sorted(run.seconds for run in self.runs)
        cells = max((len(run.outcomes) for run in self.runs), default=0)
        lines = [
            f"{len(self.runs)} runs of {cells} cells: {self.failures} failed; "
            f"{seconds[0]:.1f} to {seconds[-1]:.1f} s, median {seconds[len(seconds) // 2]:.1f} s"
        ]
        lines += [f"  {count} times: {cell}" for cell, count in self.failed_cells.items()]
        return "\n".join(lines)


def stability(
    runs: int = 20,
    *,
    busy: int = 2,
    paths: Sequence[str] = ("notebooks",),
    workers: int = 0,
    after_each: Callable[[GateRun], object] | None = None,
) -> Stability:
    """Run nbval over the notebooks as shipped ``runs`` times in a row while ``busy`` processes do nothing
    but work.

    ``workers`` is for ``pytest -n`` (0: one process). ``after_each`` is called with every run, for a progress
    line. Raises ``ValueError`` when ``runs`` is not positive.
    """
    if runs < 1:
        raise ValueError("at least one run is needed")
    distribution = ["-n", str(workers)] if workers else []
    done = []
    with Busy(busy):
        for _ in range(runs):
            run = run_gate(ROOT, "--editions=shipped", *distribution, *paths)
            if after_each:
                after_each(run)
            done.append(run)
    return Stability(tuple(done))
