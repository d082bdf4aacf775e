"""Which notebooks and cells there are in a tree, and which of them a run of the tests has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from course.notebook import Unreadable, code_cells, read_raw

_NOT_THE_TREE = {"workspace", "node_modules", "build", "dist"}


def notebooks_of(root: Path) -> list[Path]:
    """Return every notebook of the repository at ``root``, wherever it is, but no learner's copies."""
    found = []
    for path in sorted(root.rglob("*.ipynb")):
        folders = path.relative_to(root).parts[:-1]
        if not any(part.startswith(".") or part in _NOT_THE_TREE for part in folders):
            found.append(path)
    return found


def missing_cells(root: Path, wanted: list[str], seen: set[str]) -> Iterator[str]:
    """Yield a sentence for each notebook below ``root`` of which not every code cell is among the node
    ids ``seen``.

    A tree without any code cell is a problem as well: a gate that looks at nothing must not be green.
    """
    ran = Counter(nodeid.split("::", 1)[0] for nodeid in seen)
    total = 0
    for path in notebooks_of(root):
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
