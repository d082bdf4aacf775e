"""Running the notebook gate from outside: its cells, the outcome of each, many runs under load."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from course.notebook import Unreadable, code_cells, read_raw
from course.paths import ROOT
from course.words import languages

# It ends with the process that started it, because that closes the pipe.
_BURN = """
import os, sys, threading
def wait():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=wait, daemon=True).start()
while True:
    sum(range(10_000))
"""


class Busy:
    """Keeps ``processes`` processes busy from :meth:`start` to :meth:`stop`; also a context manager."""

    def __init__(self, processes: int = 2) -> None:
        self.processes = processes
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the processes; calling it again does nothing."""
        while len(self._running) < self.processes:
            command = [sys.executable, "-S", "-E", "-c", _BURN]
            self._running.append(subprocess.Popen(command, stdin=subprocess.PIPE))

    def stop(self) -> None:
        """End the processes and wait until they are gone."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait()
            if process.stdin:
                process.stdin.close()
        self._running.clear()

    def __enter__(self) -> Busy:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


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
    """Run pytest in ``folder`` with ``arguments`` and read the outcome of each notebook cell."""
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
        """How often each cell failed; only those that did."""
        counts: dict[CellId, int] = {}
        for run in self.runs:
            for cell in run.failed:
                counts[cell] = counts.get(cell, 0) + 1
        return counts


def stability(runs: int = 20, *, busy: int = 2) -> Stability:
    """Run the gate over all notebooks ``runs`` times in a row, in one process, beside ``busy`` busy ones.

    Raises ``ValueError`` when ``runs`` is not positive.
    """
    if runs < 1:
        raise ValueError("at least one run is needed")
    with Busy(busy):
        return Stability(tuple(run_gate(ROOT, "notebooks") for _ in range(runs)))


# ---- which notebooks and cells there are, and which of them ran ------------------------------------------

_NOT_THE_TREE = {"node_modules", "build", "dist"}
_WRITTEN_BY_THE_COURSE = (".course", "answers.html")
"""What is in a workspace and in an instructor's kit, whatever they are called."""


def notebooks_of(root: Path) -> list[Path]:
    """Return every notebook of the repository at ``root``, in any folder, without those that the course has
    written there: learners' copies, and the editions of a kit.
    """
    found = []
    for path in sorted(root.rglob("*.ipynb")):
        folders = list(path.relative_to(root).parents)[:-1]
        if not any(_is_foreign(root / folder) for folder in folders):
            found.append(path)
    return found


def _is_foreign(folder: Path) -> bool:
    named = folder.name.startswith(".") or folder.name in _NOT_THE_TREE
    return named or any((folder / name).exists() for name in _WRITTEN_BY_THE_COURSE)


TRANSLATED_LESSONS = 2
"""How many notebooks of each other language are in every run, the first ones; all are, if asked for."""


def is_left_out(path: Path, *, all_languages: bool) -> bool:
    """Whether a notebook is an edition in another language, and none that is in every run."""
    if all_languages or path.parent.name not in languages():
        return False
    return path not in sorted(path.parent.glob("*.ipynb"))[:TRANSLATED_LESSONS]


def missing_cells(
    root: Path, wanted: list[str], seen: set[str], *, all_languages: bool = True
) -> Iterator[str]:
    """Yield a sentence for each notebook below ``root`` that has a code cell which is not in ``seen`` (node
    ids), without those that are left out.

    A tree without any code cell is a problem as well: a gate that looks at nothing must not be green.
    """
    ran = Counter(nodeid.split("::", 1)[0] for nodeid in seen)
    total = 0
    for path in notebooks_of(root):
        if is_left_out(path, all_languages=all_languages):
            continue
        name = path.relative_to(root).as_posix()
        try:
            expected = len(code_cells(read_raw(path)))
        except Unreadable as error:
            yield str(error)
            continue
        total += expected
        for edition in wanted:
            found = ran[file_id(name, edition)]
            if found != expected:
                yield f"{name}, {edition} edition: {found} of {expected} code cells ran; is it in testpaths?"
    if not total:
        yield f"there is no notebook with code below {root.name}: was the folder renamed?"


def file_id(name: str, edition: str) -> str:
    """Return what the node ids of an edition of the notebook ``name`` begin with."""
    return name if edition == "shipped" else f"{name}[{edition}]"


def is_cell(nodeid: str) -> bool:
    """Whether a node id is that of a notebook's cell."""
    return ".ipynb" in nodeid.split("::", 1)[0]
