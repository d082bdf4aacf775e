"""Which cells rest on which fact: read from the notebooks, the only place that says so."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from course.seat import NOTEBOOKS


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
        notebook = json.loads(path.read_text(encoding="utf-8"))
        lesson = notebook["metadata"].get("course", {}).get("number", 0)
        for cell in notebook["cells"]:
            for fact in cell["metadata"].get("course", {}).get("facts", ()):
                found[fact].append(Cell(lesson, path.name, cell["id"]))
    return dict(found)
