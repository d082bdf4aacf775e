from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from course.publish import _refresh

Cells = dict[str, str]


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook with a title and these code cells, never run, and return its path."""

    def write(cells: Cells, *, raises: tuple[str, ...] = ()) -> Path:
        new = nbformat.v4
        made = [new.new_markdown_cell("# Title", id="title")]
        for name, source in cells.items():
            cell = new.new_code_cell(source, id=name)
            if name in raises:
                cell.metadata["tags"] = ["raises-exception"]
            made.append(cell)
        path = tmp_path / "00_lesson.ipynb"
        nbformat.write(new.new_notebook(cells=made), path)
        return path

    return write


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[NotebookNode], NotebookNode]], None]:
    """Let a function stand in for running a notebook: for everything about refresh that needs no kernel."""

    def use(run: Callable[[NotebookNode], NotebookNode]) -> None:
        monkeypatch.setattr(_refresh, "execute", lambda nb, path, timeout: run(nb))

    return use
