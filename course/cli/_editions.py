"""Compares three editions of a notebook, cell by cell: what a copy was made from, the new one, the copy.

And makes the page that shows what changed: the new edition and the learner's beside each other.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import (  # noqa: UP035  (parses and runs on 3.8)
    Iterator,
    Mapping,
    Sequence,
)

from course import notebook, words
from course.paths import write
from course.words import say

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
    """The cells of a notebook by their ids, in order; a cell without an id of its own is named by its place.

    Raises:
        Unreadable: It is not a notebook.
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
    """Whether two files have the same cells in the same order; outputs do not count."""
    if one == other:
        return True
    try:
        return list(cells(one).items()) == list(cells(other).items())
    except notebook.Unreadable:
        return False


def changes(before: bytes | None, ours: bytes, yours: bytes) -> list[Change]:
    """What differs, in the order of the new edition, then what only the learner has.

    Raises:
        Unreadable: One of them is not a notebook.
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


# ---- the page that shows the changes ---------------------------------------------------------------------

_MADE_HERE = '<meta name="generator" content="course update">'
_TAGS = {"+ ": "ins", "- ": "del", "  ": "span"}


def write_page(folder: Path, lessons: Mapping[str, Sequence[Change]]) -> Path:
    """Write the page into the workspace and return where; it replaces an earlier page, and no other file."""
    text = render(lessons)
    place = next(path for path in _places(folder) if _is_ours(path))
    write(place, text)
    return place


def _places(folder: Path) -> list[Path]:
    return [folder / "update.html", *(folder / f"update {number}.html" for number in range(2, 1000))]


def _is_ours(path: Path) -> bool:
    return not path.exists() or _MADE_HERE.encode() in path.read_bytes()


def render(lessons: Mapping[str, Sequence[Change]]) -> str:
    """The page; it needs no script and no network."""
    from markupsafe import Markup

    template = words.pages(Path(__file__).with_name("templates")).get_template("update.html.j2")
    return template.render(lessons=lessons, who=who, difference=_difference, made_here=Markup(_MADE_HERE))


def who(change: Change) -> str:
    """Who did what to a cell."""
    return {
        "ours-added": say("added by us"),
        "ours-removed": say("removed by us"),
        "ours-changed": say("changed by us"),
        "yours-added": say("added by you"),
        "yours-removed": say("removed by you"),
        "yours-changed": say("changed by you"),
        "both": say("changed by both"),
        "differs": say("differs"),
    }[change.kind]


def _difference(before: str | None, after: str | None) -> Iterator[tuple[str, str]]:
    """The lines of both, each with what happened to it: added, removed or kept."""
    for line in difflib.ndiff((before or "").splitlines(), (after or "").splitlines()):
        if line[:2] in _TAGS:
            yield _TAGS[line[:2]], line[2:]
