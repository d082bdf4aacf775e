"""The lessons as an instructor sees them: minutes, objectives, parts, pictures, predictions, notes."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from course.publish._audit import called_name, only_call
from course.publish._notebook import course_metadata, read
from course.publish._schema import NotebookInfo

MAY_WAIT = ("Stretch", "Further")
"""A part whose heading begins with one of these can be left for home."""

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$", re.MULTILINE)
_PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


@dataclass(frozen=True)
class Lesson:
    """One lesson's notebook, read."""

    path: Path
    nb: NotebookNode

    @cached_property
    def info(self) -> NotebookInfo:
        """What the notebook says about itself."""
        return NotebookInfo.model_validate(course_metadata(self.nb))

    @cached_property
    def title(self) -> str:
        """Number and name, as in ``01 · After the response``."""
        return next(iter(self.headings.values()))

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.path.stem

    @cached_property
    def headings(self) -> dict[str, str]:
        """For each cell's id the heading that it stands under; its own if it begins with one."""
        found: dict[str, str] = {}
        current = ""
        for cell in self.nb.cells:
            own = _headings(cell)
            found[cell.id] = own[0] if own and cell.source.startswith("#") else current
            current = own[-1] if own else current
        return found

    @cached_property
    def may_wait(self) -> tuple[str, ...]:
        """The headings of the parts that can be left for home."""
        every = dict.fromkeys(heading for cell in self.nb.cells for heading in _headings(cell))
        return tuple(heading for heading in every if heading.startswith(MAY_WAIT))


def _headings(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "markdown":
        return []
    text = re.sub(r"(?s)```.*?```", "", cell.source)
    return [words for _, words in _HEADING.findall(text)]


def pictures(cell: NotebookNode) -> list[str]:
    """The pictures that a cell's run has drawn, as SVG."""
    if cell.cell_type != "code":
        return []
    faces = [
        output.data.get("image/svg+xml") or output.data.get("text/html", "")
        for output in cell.outputs
        if "data" in output
    ]
    return [svg for face in faces for svg in _PICTURE.findall(face)]


def asked(cell: NotebookNode, *functions: str) -> list[str]:
    """The ids of the questions that a cell asks by one call of one of these ``functions``."""
    call = only_call(cell)
    if call is None or called_name(cell) not in functions:
        return []
    constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return [each for each in constants if isinstance(each, str)]


def read_lessons(folder: Path, numbers: Collection[int] | None = None) -> list[Lesson]:
    """The lessons in ``folder`` by number; only those of ``numbers`` when given.

    Raises:
        LookupError: there is no lesson of a wanted number. The message names those that there are.
    """
    every = {lesson.info.number: lesson for lesson in _read_all(folder)}
    wanted = sorted(every if numbers is None else numbers)
    if missing := [number for number in wanted if number not in every]:
        names = ", ".join(f"{number:02d}" for number in sorted(every))
        raise LookupError(
            f"There is no lesson {missing[0]:02d} in {folder.name}. There are: {names or 'none'}."
        )
    return [every[number] for number in wanted]


def _read_all(folder: Path) -> Iterable[Lesson]:
    for path in sorted(folder.glob("*.ipynb")):
        yield Lesson(path, read(path))
