"""Which cells rest on which fact: read from the notebooks, the only place that says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from course.notebook import Unreadable, cells, course_metadata, read_raw
from course.paths import NOTEBOOKS


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
