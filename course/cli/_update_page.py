"""A page that shows what changed in each lesson: the new edition and the learner's beside each other."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Iterator, Mapping, Sequence  # noqa: UP035  (parses and runs on 3.8)

from course import words
from course.words import say

if TYPE_CHECKING:
    from course.cli._editions import Change

_MADE_HERE = '<meta name="generator" content="course update">'
_TAGS = {"+ ": "ins", "- ": "del", "  ": "span"}


def write(folder: Path, lessons: Mapping[str, Sequence[Change]]) -> Path:
    """Write the page into the workspace, in place of an earlier one but of nothing else; returns where."""
    text = render(lessons)
    place = next(path for path in _places(folder) if _is_ours(path))
    beside = place.with_name(f".{place.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(place)
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
    """The lines of both, each with what became of it: put there, taken away or kept."""
    for line in difflib.ndiff((before or "").splitlines(), (after or "").splitlines()):
        if line[:2] in _TAGS:
            yield _TAGS[line[:2]], line[2:]
