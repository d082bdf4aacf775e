"""Compares three editions of a notebook, cell by cell: what a copy was made from, the new one, the copy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Iterator  # noqa: UP035  (parses and runs on 3.8)

from course import notebook

_LONGEST_TITLE = 70


@dataclass(frozen=True)
class Cell:
    """What a learner can change in a cell. What it printed is not compared."""

    kind: str
    source: str
    attachments: str = "{}"


@dataclass(frozen=True)
class Change:
    """A cell that is not the same in all editions; None where an edition has no such cell.

    ``kind`` is who did what: ``ours-added``, ``ours-removed``, ``ours-changed``, the same with ``yours``,
    ``both`` for a cell that was changed in two ways, and ``differs`` when the edition before is not known.
    """

    kind: str
    cell: str
    before: str | None
    ours: str | None
    yours: str | None

    @property
    def title(self) -> str:
        """The first line that says something."""
        text = next(source for source in (self.ours, self.yours, self.before) if source is not None)
        lines = [line.strip().lstrip("#").strip() for line in text.splitlines()]
        first = next((line for line in lines if line), self.cell)
        return first if len(first) <= _LONGEST_TITLE else first[: _LONGEST_TITLE - 1] + "…"


def cells(text: bytes) -> dict[str, Cell]:
    """The cells of a notebook by their ids, in order; a cell without an own id goes by its place.

    Raises:
        Unreadable: It is no notebook.
    """
    found: dict[str, Cell] = {}
    for place, cell in enumerate(notebook.cells(notebook.load(text))):
        name = cell.get("id") or f"cell {place + 1}"
        if name in found:
            name = f"{name} (cell {place + 1})"
        attachments = json.dumps(cell.get("attachments") or {}, sort_keys=True)
        found[name] = Cell(cell["cell_type"], notebook.source(cell), attachments)
    return found


def same_work(one: bytes, other: bytes) -> bool:
    """Whether two files have the same cells in the same order, whatever has run in them."""
    if one == other:
        return True
    try:
        return list(cells(one).items()) == list(cells(other).items())
    except notebook.Unreadable:
        return False


def changes(before: bytes | None, ours: bytes, yours: bytes) -> list[Change]:
    """What differs, in the order of the new edition, then what only the learner has.

    Raises:
        Unreadable: One of them is no notebook.
    """
    new, mine = cells(ours), cells(yours)
    old = cells(before) if before is not None else None
    return list(_changes(old, new, mine))


def _changes(old: dict[str, Cell] | None, new: dict[str, Cell], mine: dict[str, Cell]) -> Iterator[Change]:
    for name in dict.fromkeys([*new, *mine, *(old or ())]):
        ours, yours = new.get(name), mine.get(name)
        before = old.get(name) if old is not None else None
        if ours != yours:
            kind = "differs" if old is None else _kind(before, ours, yours)
            yield Change(kind, name, _source(before), _source(ours), _source(yours))


def _source(cell: Cell | None) -> str | None:
    return None if cell is None else cell.source


def _kind(before: Cell | None, ours: Cell | None, yours: Cell | None) -> str:
    if before not in (ours, yours):
        return "both"
    who, now = ("ours", ours) if before == yours else ("yours", yours)
    what = "added" if before is None else "removed" if now is None else "changed"
    return f"{who}-{what}"
