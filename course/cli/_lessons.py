"""Lessons as they are named on the command line: by number or by name."""

from __future__ import annotations

from pathlib import Path

from course.cli._failures import CannotGoOn
from course.paths import NOTEBOOKS


def notebook_called(text: str, notebooks: Path = NOTEBOOKS) -> Path:
    """The notebook of the lesson ``text``: its number (``01``, ``1``) or its name (``after_the_response``).

    Raises:
        CannotGoOn: there is no such lesson.
    """
    there = {path.stem: path for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))}
    for stem, path in there.items():
        number, _, name = stem.partition("_")
        if text in (stem, name) or (text.isdecimal() and int(text) == int(number)):
            return path
    raise CannotGoOn(
        "There is no lesson {name!r}.\nThese are there: {names}", status=2, name=text, names=", ".join(there)
    )


def name_of(notebook: Path) -> str:
    """The name of a notebook's lesson, which is that of its folder too."""
    return notebook.stem.partition("_")[2]
