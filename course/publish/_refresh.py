"""Run a notebook and store what came out, so that doing it again changes no byte."""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course.kernel import start_again_if_it_fails
from course.notebook import (
    Unreadable,
    code_cells,
    course_metadata,
    parse,
    read_bytes,
    render,
    strings,
    tags,
)
from course.paths import write
from course.publish._kernel import ThisEnvironment, kernel_environment, private_folder
from course.publish._normal import counts_rise, normalise, trim_traceback
from course.publish._origin import has_picture, origin
from course.publish._unstable import sanitise
from course.words import ENGLISH, languages

CELL_TIMEOUT = 60
"""Seconds that one cell may take."""


class RefreshError(Exception):
    """A notebook could not be refreshed; its file is as it was."""

    def __init__(self, path: Path, reason: str, cell: str | None = None, position: int | None = None) -> None:
        self.path = path
        self.cell = cell
        self.reason = reason
        place = f"{path}, cell {position} ({cell})" if cell else str(path)
        super().__init__(f"{place}: {reason}\nThe file was not changed.")


@dataclass(frozen=True)
class Refreshed:
    """What refreshing one notebook did."""

    path: Path
    changed: bool
    cells: int
    named: tuple[str, ...] = ()
    """The ids that new cells were given."""


def refresh(
    path: Path,
    made: NotebookNode | None = None,
    *,
    redraw: bool = False,
    dry_run: bool = False,
    timeout: int = CELL_TIMEOUT,
) -> Refreshed:
    """Run every cell of the notebook at ``path`` in a fresh kernel and store the outputs in normal form.

    A cell's stored outputs and its count stay as long as its code and everything that nbval compares stay
    the same. The picture of a run shows real times, so no two runs draw the same one: it is kept as long as
    the code above that it comes from is also the same (:mod:`course.publish._origin`). ``redraw`` takes new
    pictures, and counts anew, in any case (after a change of the code that draws). The file is replaced at
    once and only when its text changes; ``dry_run`` only says whether it would.

    ``made`` is run in place of what is in the file, which may not be there yet. ``timeout`` is in seconds
    per cell. Raises :class:`RefreshError`, which names the cell, when a cell
    fails, is tagged ``raises-exception`` and does not, takes too long, or ends the kernel.
    """
    try:
        content = read_bytes(path) if made is None or path.exists() else b""
        found = parse(content, path) if made is None else made
    except Unreadable as error:
        raise RefreshError(
            path, f"it cannot be read as a notebook: {error.reason}. {error.remedy}"
        ) from error
    old = normalise(found)
    new = normalise(execute(old, path, timeout=timeout))
    if not redraw:
        _keep_counts(old, new)
    _keep_pictures(old, new, redraw=redraw)
    text = render(new)
    changed = text.encode() != content
    if changed and not dry_run:
        write(path, text)
    known = {cell.get("id") for cell in found.cells}
    named = tuple(cell.id for cell in new.cells if cell.id not in known)
    return Refreshed(path, changed, len(code_cells(new)), named)


def execute(nb: NotebookNode, path: Path, *, timeout: int = CELL_TIMEOUT) -> NotebookNode:
    """Return a copy of ``nb`` with the outputs of a run in a kernel of its own, in the folder of ``path``.

    Raises :class:`RefreshError` as :func:`refresh` does.
    """
    result = copy.deepcopy(nb)
    for cell in code_cells(result):
        cell.outputs, cell.execution_count = [], None
    folder_of_path = next(folder for folder in path.resolve().parents if folder.is_dir())
    language = str(course_metadata(nb).get("language", ENGLISH))

    with private_folder() as private:

        def start(seconds: float) -> NotebookClient:
            manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisEnvironment())
            client = NotebookClient(
                result, km=manager, timeout=timeout, startup_timeout=int(seconds), shutdown_kernel="immediate"
            )
            environment = kernel_environment(private, language=language)
            client.start_new_kernel(cwd=str(folder_of_path), env=environment, stderr=subprocess.DEVNULL)
            client.start_new_kernel_client()
            return client

        client = start_again_if_it_fails(start)
        with client.setup_kernel(cleanup_kc=True):
            for index, cell in enumerate(result.cells):
                _execute_cell(client, cell, index, path)
    return result


def _execute_cell(client: NotebookClient, cell: NotebookNode, index: int, path: Path) -> None:
    def failed(reason: str) -> RefreshError:
        return RefreshError(path, reason, cell.get("id", "without id"), index + 1)

    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        trace = "\n".join(trim_traceback(error.traceback.splitlines())) if error.traceback else ""
        raise failed(f"it raised {error.ename}: {error.evalue}\n{trace}".rstrip()) from None
    except CellTimeoutError:
        raise failed(f"it did not end within {client.timeout} seconds") from None
    except DeadKernelError:
        raise failed("the kernel died while it ran") from None
    if cell.cell_type != "code":
        return
    raised = any(output.output_type == "error" for output in cell.outputs)
    if "raises-exception" in tags(cell) and not raised:
        raise failed("it is tagged raises-exception, but raised nothing")


def _keep_counts(old: NotebookNode, new: NotebookNode) -> None:
    """Give each cell of ``new`` the count that it has in ``old``, and a new one that of the cell below.

    So a new cell changes no byte of another. Counts that an editor left are replaced.
    """
    stored = {cell.id: cell.execution_count for cell in code_cells(old)}
    cells = code_cells(new)
    if not counts_rise([stored[cell.id] for cell in cells]):
        return
    kept: dict[str, int] = {}
    below = len(cells)
    for position, cell in reversed(list(enumerate(cells, 1))):
        below = kept[str(cell.execution_count)] = min(stored[cell.id] or position, below)
    for cell in cells:
        cell.execution_count = kept[str(cell.execution_count)]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
            elif output.output_type == "error":
                output.traceback = [_recounted(line, kept) for line in output.traceback]


def _recounted(line: str, kept: Mapping[str, int]) -> str:
    """A line of a traceback with the counts that the cells have in the file."""
    return re.sub(r"\bCell In\[(\d+)\]", lambda found: f"Cell In[{kept.get(found[1], found[1])}]", line)


def _keep_pictures(old: NotebookNode, new: NotebookNode, *, redraw: bool) -> None:
    """Keep each stored picture that still belongs to its code, and note that code beside every picture."""
    stored = {cell.id: cell for cell in code_cells(old)}
    cells = code_cells(new)
    for position, cell in enumerate(cells):
        course = course_metadata(cell)
        course.pop("drawn", None)
        if has_picture(cell):
            course["drawn"] = origin(cells, position)
            before = stored[cell.id]
            same = course_metadata(before).get("drawn") == course["drawn"]
            if same and not redraw and _compared(before) == _compared(cell):
                cell.outputs = copy.deepcopy(before.outputs)
                for output in cell.outputs:
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count
        cell.metadata.pop("course", None)
        if course:
            cell.metadata["course"] = nbformat.from_dict(course)


def _compared(cell: NotebookNode) -> list[list[tuple[str, str]]]:
    return [sorted((place, sanitise(text)) for place, text in strings(output)) for output in cell.outputs]


def notebooks_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the notebooks that ``paths`` name: files as they are, folders with all that is in them.

    Raises ``FileNotFoundError`` when a path does not exist or a folder holds no notebook, so that a check
    of nothing does not look like success.
    """
    for path in paths:
        if path.is_dir() and path.suffix != ".ipynb":
            made = languages()  # from those here, by refresh_edition
            found = sorted(
                p
                for p in path.rglob("*.ipynb")
                if not any(part.startswith(".") for part in p.parts[-2:]) and p.parent.name not in made
            )
            if not found:
                raise FileNotFoundError(f"there is no notebook in {path}")
            yield from found
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(f"there is no notebook {path}")
