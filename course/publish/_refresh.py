"""Run a notebook and store what came out, so that doing it again changes no byte."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course.publish._kernel import ThisEnvironment, kernel_environment, private_folder
from course.publish._notebook import (
    code_cells,
    fingerprint,
    normalise,
    parse,
    render,
    strings,
    tags,
    trim_traceback,
    write,
)
from course.publish._sanitise import sanitise

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


def refresh(
    path: Path, *, redraw: bool = False, dry_run: bool = False, timeout: int = CELL_TIMEOUT
) -> Refreshed:
    """Run every cell of the notebook at ``path`` in a fresh kernel and store the outputs in normal form.

    The picture of a run shows real times, so no two runs draw the same one. What was stored is kept as
    long as the notebook's code is the same and everything that nbval compares is the same; ``redraw``
    takes the new pictures in any case (after a change of the code that draws). The file is replaced at
    once and only when its text changes; ``dry_run`` only says whether it would.

    ``timeout`` is in seconds per cell. Raises :class:`RefreshError`, which names the cell, when a cell
    fails, is tagged ``raises-exception`` and does not, takes too long, or ends the kernel.
    """
    old_text = path.read_text(encoding="utf-8")
    try:
        old = parse(old_text)
    except Exception as error:
        raise RefreshError(path, f"this is not a notebook: {error}") from error
    new = normalise(execute(old, path, timeout=timeout))
    code = fingerprint(new)
    course = new.metadata.setdefault("course", nbformat.from_dict({}))
    if course.get("code") == code and not redraw:
        _keep_stored(normalise(old), new)
    course["code"] = code
    text = render(new)
    changed = text != old_text
    if changed and not dry_run:
        write(path, text)
    return Refreshed(path, changed, len(code_cells(new)))


def execute(nb: NotebookNode, path: Path, *, timeout: int = CELL_TIMEOUT) -> NotebookNode:
    """Return a copy of ``nb`` with the outputs of a run in a kernel of its own, in the folder of ``path``.

    Raises :class:`RefreshError` as :func:`refresh` does.
    """
    result = copy.deepcopy(nb)
    for cell in code_cells(result):
        cell.outputs, cell.execution_count = [], None
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=ThisEnvironment())
    client = NotebookClient(result, km=manager, timeout=timeout, shutdown_kernel="immediate")
    with private_folder() as folder:
        kernel = client.setup_kernel(
            cwd=str(path.parent.resolve()),
            env=kernel_environment(folder),
            stderr=subprocess.DEVNULL,
            cleanup_kc=True,
        )
        with kernel:
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


def _keep_stored(old: NotebookNode, new: NotebookNode) -> None:
    """Put the old outputs of each cell back into ``new`` where only sanitised text differs."""
    stored = {cell.id: cell for cell in code_cells(old)}
    for cell in code_cells(new):
        before = stored.get(cell.id)
        if before is not None and _compared(before.outputs) == _compared(cell.outputs):
            cell.outputs = copy.deepcopy(before.outputs)


def _compared(outputs: Iterable[NotebookNode]) -> list[list[tuple[str, str]]]:
    return [sorted((place, sanitise(text)) for place, text in strings(output)) for output in outputs]


def notebooks_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the notebooks that ``paths`` name: files as they are, folders with all that is in them.

    Raises ``FileNotFoundError`` when a path does not exist or a folder holds no notebook, so that nobody
    believes in a check of nothing.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(
                p for p in path.rglob("*.ipynb") if not any(part.startswith(".") for part in p.parts[-2:])
            )
            if not found:
                raise FileNotFoundError(f"there is no notebook in {path}")
            yield from found
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(f"there is no notebook {path}")
