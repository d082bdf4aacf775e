"""The notebooks in another language: made from the English ones and a catalogue, and never edited.

Code, ids, tags and order are those of the English notebook; each unit of prose is translated, or English
where its translation is missing or fuzzy. Outputs are an edition's own: what its kernel says in its language.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course.notebook import Unreadable, cells, code_cells, course_metadata, read, source
from course.paths import NOTEBOOKS
from course.publish._audit import Finding
from course.publish._refresh import Refreshed, refresh
from course.publish.translation._units import with_units
from course.words import languages, translated


def edition_of(path: Path, language: str) -> Path:
    """Where the edition of the English notebook in ``path`` is."""
    return path.parent / language / path.name


def translate_cells(nb: NotebookNode, language: str) -> NotebookNode:
    """A copy of an English notebook with its prose translated, and without outputs."""
    result = copy.deepcopy(nb)
    lesson = str(course_metadata(nb).get("lesson"))
    about = result.metadata.setdefault("course", nbformat.from_dict({}))
    about["language"] = language
    about["objectives"] = [translated(each, lesson, language) for each in about.get("objectives", ())]
    for cell in cells(result):
        if cell.cell_type == "markdown":
            cell.source = with_units(cell.source, lambda text: translated(text, lesson, language))
        else:
            cell.outputs = []
            cell.metadata.get("course", {}).pop("drawn", None)
    return result


def refresh_edition(path: Path, language: str, *, redraw: bool = False, dry_run: bool = False) -> Refreshed:
    """Make the edition of the English notebook in ``path`` anew, run it and store what comes out.

    As :func:`course.publish.refresh`, which also says what it raises: what is stored stays as long as it
    belongs to the same code and says the same.
    """
    target = edition_of(path, language)
    made = translate_cells(read(path), language)
    _take_outputs(made, target)
    return refresh(target, made, redraw=redraw, dry_run=dry_run)


def _take_outputs(made: NotebookNode, target: Path) -> None:
    """Give each cell what the edition has stored for it, if its code is the same."""
    try:
        stored = {cell.get("id"): cell for cell in code_cells(read(target))}
    except Unreadable:
        return
    for cell in code_cells(made):
        old = stored.get(cell.id)
        if old is not None and source(old) == source(cell):
            cell.outputs, cell.execution_count = old.outputs, old.execution_count
            if drawn := course_metadata(old).get("drawn"):
                cell.metadata.setdefault("course", {})["drawn"] = drawn


# ---- drift -----------------------------------------------------------------------------------------------


def audit_editions(folder: Path = NOTEBOOKS) -> list[Finding]:
    """The notebooks in other languages that are not what the English ones and the catalogues give now."""
    return [
        finding
        for language in languages()
        if (folder / language).is_dir()
        for finding in _audit_folder(folder, language)
    ]


def _audit_folder(folder: Path, language: str) -> Iterator[Finding]:
    originals = {path.name: path for path in sorted(folder.glob("*.ipynb"))}
    remedy = f"Run `python3 -m course refresh --language {language}`."
    for path in sorted((folder / language).glob("*.ipynb")):
        if path.name not in originals:
            yield Finding(f"{language}/{path.name}", "", "edition", "There is no such lesson.", "Delete it.")
    for path in originals.values():
        name, target = f"{language}/{path.name}", edition_of(path, language)
        try:
            made, there = _shape(translate_cells(read(path), language)), _shape(read(target))
        except Unreadable as error:
            yield Finding(name, "", "edition", f"{error.reason}.", remedy)
            continue
        differing = [id for id in {**made, **there} if made.get(id) != there.get(id)]
        if differing or list(made) != list(there):
            cell = differing[0] if differing else ""
            problem = "It is not what the English notebook and the catalogue give."
            yield Finding(name, cell, "edition", problem, remedy)


def _shape(nb: NotebookNode) -> dict[str, Any]:
    """What an edition is made of, by cell: all but what a run gives."""
    found: dict[str, Any] = {"metadata": course_metadata(nb)}
    for cell in cells(nb):
        metadata = copy.deepcopy(cell.metadata)
        metadata.get("course", {}).pop("drawn", None)
        if not metadata.get("course", True):
            del metadata["course"]
        found[cell.id] = (cell.cell_type, source(cell), metadata)
    return found
