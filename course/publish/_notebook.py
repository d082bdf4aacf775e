"""Reading, normalising and writing notebooks: one text for one content."""

from __future__ import annotations

import copy
import hashlib
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

from course.publish._unstable import without_paths

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}

KEPT_CELL_METADATA = ("tags", "course", "editable", "deletable", "slideshow")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
_LIBRARIES = re.compile(r"/site-packages/|/(?:lib/python[\d.]+|Lib)/(?!site-packages/)")
_VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read(path: Path) -> NotebookNode:
    """Read a notebook without changing anything in it.

    Raises ``nbformat.reader.NotJSONError`` when the file is no notebook.
    """
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> NotebookNode:
    """Turn the text of a notebook file into a notebook of format 4.

    A cell without an id, or with that of another, gets a random one, which :func:`normalise` then replaces.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MissingIDFieldWarning)
        warnings.simplefilter("ignore", DuplicateCellId)
        nb: NotebookNode = nbformat.reads(text, as_version=4)
    return nb


def render(nb: NotebookNode) -> str:
    """Return the text of a notebook file, with a newline at its end."""
    text: str = nbformat.writes(nb, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"


def write(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` at once: a reader sees the old file or the new one, never half of it."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def code_cells(nb: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    found = cell.metadata.get("tags", [])
    return set(found) if isinstance(found, list) else set()


def course_metadata(node: NotebookNode) -> dict[str, Any]:
    """Return what the course says about a cell or a notebook; an empty mapping when it says nothing."""
    found = node.metadata.get("course", {})
    return dict(found) if isinstance(found, dict) else {}


def fingerprint(nb: NotebookNode) -> str:
    """Return a short digest of all code of a notebook, in order: it changes when any output might."""
    digest = hashlib.sha256()
    for cell in code_cells(nb):
        digest.update(cell.source.encode() + b"\0")
    return digest.hexdigest()[:16]


def strings(output: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield each stored text of an output with its place.

    A place is a MIME type, ``stdout``, ``stderr``, ``error`` or ``traceback``.
    """
    if output.output_type == "stream":
        yield output.name, output.text
    elif output.output_type == "error":
        yield "error", f"{output.ename}: {output.evalue}"
        yield "traceback", "\n".join(output.traceback)
    else:
        for mime, value in output.data.items():
            yield mime, value if isinstance(value, str) else repr(value)


def normalise(nb: NotebookNode) -> NotebookNode:
    """Return a copy that holds only what belongs to the lesson, in one canonical form.

    Nothing in the result depends on when, where or in which program the notebook was run or edited:
    cell ids are kept or made from the position, metadata of editors and widgets is dropped, streams are
    joined, tracebacks keep the frames of the notebook and name the libraries in between. Normalising
    twice changes nothing.
    """
    result = copy.deepcopy(nb)
    result.nbformat, result.nbformat_minor = 4, 5
    course = result.metadata.get("course")
    result.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    if course is not None:
        result.metadata["course"] = course
    _name_cells(result.cells)
    for cell in result.cells:
        cell.metadata = _cell_metadata(cell.metadata)
        if cell.cell_type == "code":
            cell.outputs = [_output(output, cell.execution_count) for output in _join_streams(cell.outputs)]
    return result


def _name_cells(cells: list[NotebookNode]) -> None:
    """Give every cell a stable id: its own unless an editor made it up, else ``c01`` by position."""
    taken: set[str] = set()
    nameless = []
    for position, cell in enumerate(cells, 1):
        name = cell.get("id")
        if name and _VALID_ID.fullmatch(name) and not _RANDOM_ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            nameless.append((position, cell))
    for position, cell in nameless:
        number = position
        while f"c{number:02d}" in taken:
            number += 1
        cell["id"] = f"c{number:02d}"
        taken.add(cell["id"])


def _cell_metadata(metadata: NotebookNode) -> NotebookNode:
    kept = {key: metadata[key] for key in KEPT_CELL_METADATA if metadata.get(key) not in (None, [], {})}
    if "tags" in kept:
        kept["tags"] = list(dict.fromkeys(kept["tags"]))
    result: NotebookNode = nbformat.from_dict(kept)
    return result


def _join_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(copy.deepcopy(output))
    return joined


def _output(output: NotebookNode, count: int | None) -> NotebookNode:
    if output.output_type == "stream":
        output.text = _ANSI.sub("", output.text)
    elif output.output_type == "error":
        output.evalue = _ANSI.sub("", output.evalue)
        output.traceback = trim_traceback(output.traceback)
    else:
        # The view of a widget is a random id that means nothing without its kernel. Its text stays, and
        # is read by nbval, by screen readers and on code-hosting sites.
        output.data.pop(WIDGET_VIEW, None)
        output.metadata = nbformat.from_dict({})
        if output.output_type == "execute_result":
            output.execution_count = count
    return output


def trim_traceback(lines: list[str]) -> list[str]:
    """Return a stored traceback without colours and absolute paths.

    Frames inside libraries become one line that names them: their line numbers belong to one version of a
    library on one machine, and the lesson is about the learner's own frames.
    """
    kept: list[str] = []
    for raw in lines:
        text = _ANSI.sub("", raw)
        if text.startswith("File ") and not text.startswith("File <"):
            name = f"    ... inside {_library(text)}"
            if not kept or kept[-1] != name:
                kept.append(name)
        else:
            kept.append(without_paths(text))
    return kept


def _library(frame: str) -> str:
    """Return the name of the package, or else of the module, that a frame of a traceback is in."""
    location = frame.removeprefix("File ").split("\n", 1)[0]
    path = re.split(r":\d+", location, maxsplit=1)[0].replace("\\", "/")
    inside = _LIBRARIES.split(path)[-1]
    if inside == path:
        inside = path.rpartition("/course/")[1].strip("/") or path.rpartition("/")[2]
    return inside.split("/")[0].removesuffix(".py")
