"""What a fact is: a claim of the lessons, and a small experiment that says whether it is true here.

Which cells rest on which fact is read from the notebooks, the only place that says so.
"""

from __future__ import annotations

import functools
import os
import platform
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from course.notebook import Unreadable, cells, course_metadata, read_raw
from course.paths import NOTEBOOKS

HOLDS, FAILS = "holds", "fails"


@dataclass(frozen=True)
class Seen:
    """What an experiment saw.

    Attributes:
        holds: whether the claim is true here.
        evidence: one short line with what was seen, for the author who has to revise a lesson.
    """

    holds: bool
    evidence: str


@dataclass(frozen=True)
class Fact:
    """A claim of the lessons and its experiment. Made by `fact`."""

    id: str
    claim: str
    measure: Callable[[], Seen]
    known: tuple[Requirement, ...] = ()
    fails: tuple[Requirement, ...] = ()
    deadline: float = 60.0
    needs: tuple[str, ...] = ()
    server: str | None = None

    @property
    def missing(self) -> str | None:
        """What it needs and is not there: the sentence says which packages, or which server."""
        packages = [name for name in self.needs if version_of(name) is None]
        if packages:
            return f"not installed: {', '.join(packages)}"
        if self.server is not None and not os.environ.get(self.server):
            return f"no server: {self.server} is not set"
        return None

    @property
    def expected(self) -> str | None:
        """The verdict that these versions should give; None where nothing is known about them."""
        if any(map(here, self.fails)):
            return FAILS
        return HOLDS if all(map(here, self.known)) else None


def fact(
    id: str,
    claim: str,
    *,
    known: Iterable[str] = (),
    fails: Iterable[str] = (),
    deadline: float = 60.0,
    needs: Iterable[str] = (),
    server: str | None = None,
) -> Callable[[Callable[[], Seen]], Fact]:
    """Make an experiment the judge of a claim.

    The experiment runs in a process of its own, which ends with it: it may change anything and need not
    clean up. It takes nothing, and returns what it saw.

    Args:
        id: the fact's id in the metadata of the notebooks' cells.
        claim: one sentence, as the lesson says it.
        known: where the claim is known to hold, as requirements like those of pyproject.toml. All of them
            must be met: ``["starlette>=1.7", "python; os_name == 'posix'"]``. Without: everywhere.
        fails: where it is known not to hold. One that is met is enough; it goes before `known`.
        deadline: seconds after which the experiment is ended: for a slow and busy machine.
        needs: optional packages, by name. Where one of them is not installed, the fact is not measured.
        server: the environment variable that has the URL of a server. Where it is not set, the fact is not
            measured.

    Raises:
        packaging.requirements.InvalidRequirement: `known` or `fails` is not a list of requirements.
    """
    met, unmet = tuple(map(Requirement, known)), tuple(map(Requirement, fails))

    def make(measure: Callable[[], Seen]) -> Fact:
        return Fact(id, claim, measure, met, unmet, deadline, tuple(needs), server)

    return make


def here(requirement: Requirement) -> bool:
    """Whether this Python and its packages meet a requirement. A package that is missing does not."""
    if requirement.marker is not None and not requirement.marker.evaluate():
        return False
    found = version_of(requirement.name)
    return found is not None and requirement.specifier.contains(found, prereleases=True)


@functools.cache
def version_of(name: str) -> str | None:
    """The version of an installed package, or of "python"; None when it is not installed."""
    if name == "python":
        return platform.python_version().rstrip("+")
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


@dataclass(frozen=True)
class Cell:
    """A cell that claims something: the number of its lesson, its notebook and its id."""

    lesson: int
    notebook: str
    id: str


def cells_by_fact(folder: Path = NOTEBOOKS) -> dict[str, list[Cell]]:
    """The cells of all notebooks in `folder` by the ids in their metadata, ``course.facts``."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = read_raw(path)
        except Unreadable:  # `facts` names it
            continue
        lesson = course_metadata(notebook).get("number", 0)
        for cell in cells(notebook):
            for fact in course_metadata(cell).get("facts", ()):
                found[fact].append(Cell(lesson, path.name, cell["id"]))
    return dict(found)
