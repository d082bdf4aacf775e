from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course.publish import RefreshError, _refresh, notebooks_in, refresh
from course.publish._notebook import code_cells, read

PICTURE = (
    "class Timed:\n"
    "    def __repr__(self): return 'drawn'\n"
    "    def _repr_html_(self): return f'<svg class=\"timed\">{time.perf_counter()}</svg>'\n"
    "Timed()"
)
DEPRECATED = """code = compile("import warnings; warnings.warn('old', DeprecationWarning)", "lib.py", "exec")
exec(code, {"__name__": "lib"})"""
Write = Callable[..., Path]
Pretend = Callable[[Callable[[NotebookNode], NotebookNode]], None]


@pytest.mark.long
def test_running_it_twice_changes_no_byte(notebook: Write) -> None:
    path = notebook(
        {
            "imports": "import os, sys, time, warnings",
            "number": "6 * 7",
            "error": "raise LookupError('nobody')",
            "picture": PICTURE,
            "inside-a-library": "import json; json.loads('[')",
            "deprecated": DEPRECATED,
            "where": "print(os.listdir(os.environ['COURSE_WORKSPACE']))",
            "python": "print(sys.flags.hash_randomization)",
        },
        raises=("error", "inside-a-library"),
    )
    first = refresh(path)
    stored = path.read_bytes()
    second = refresh(path)

    assert (first.changed, second.changed) == (True, False)
    assert path.read_bytes() == stored
    cells = {cell.id: cell for cell in code_cells(read(path))}
    assert [cell.execution_count for cell in cells.values()] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert cells["number"].outputs[0].data["text/plain"] == "42"
    assert cells["deprecated"].outputs[0].name == "stderr"
    assert "DeprecationWarning: old" in cells["deprecated"].outputs[0].text
    assert cells["where"].outputs[0].text == "[]\n"
    assert "    ... inside json" in cells["inside-a-library"].outputs[0].traceback
    assert "site-packages" not in stored.decode()
    assert "\\u001b" not in stored.decode()


def test_a_failing_cell_is_named_and_the_file_kept(notebook: Write) -> None:
    path = notebook({"fine": "1", "broken": "1 / 0", "never": "2"})
    stored = path.read_bytes()
    with pytest.raises(
        RefreshError, match=r"cell 3 \(broken\): it raised ZeroDivisionError: division by zero"
    ) as failed:
        refresh(path)
    assert failed.value.cell == "broken"
    assert path.read_bytes() == stored
    assert list(path.parent.iterdir()) == [path]


class FakeClient:
    """Stands in for nbclient where a real kernel would only cost time."""

    timeout = 60

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def execute_cell(self, cell: NotebookNode, index: int) -> None:
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (CellTimeoutError("slow"), r"cell 3 \(it\): it did not end within 60 seconds"),
        (DeadKernelError("dead"), r"cell 3 \(it\): the kernel died"),
        (None, r"cell 3 \(it\): it is tagged raises-exception, but raised nothing"),
    ],
)
def test_what_ends_otherwise_is_refused(error: Exception | None, message: str) -> None:
    cell = nbformat.v4.new_code_cell("1", id="it", metadata={"tags": ["raises-exception"]})
    client: Any = FakeClient(error)
    with pytest.raises(RefreshError, match=message):
        _refresh._execute_cell(client, cell, 2, Path("a.ipynb"))


def drawn(picture: str, text: str = "drawn") -> Callable[[NotebookNode], NotebookNode]:
    """Pretend that every code cell showed this."""

    def run(nb: NotebookNode) -> NotebookNode:
        result = copy.deepcopy(nb)
        for count, cell in enumerate(code_cells(result), 1):
            data = {"text/plain": text, "text/html": f'<p><svg class="timed">{picture}</svg></p>'}
            cell.execution_count = count
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=count)]
        return result

    return run


def stored_html(path: Path) -> str:
    html: str = code_cells(read(path))[0].outputs[0].data["text/html"]
    return html


def test_the_stored_picture_stays_while_nothing_else_changes(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"picture": "timeline"})
    pretend(drawn("12 ms"))
    refresh(path)
    pretend(drawn("13 ms"))
    assert not refresh(path).changed
    assert "12 ms" in stored_html(path)


@pytest.mark.parametrize("change", ["redraw", "code", "text"])
def test_a_new_picture_is_taken_when_it_may_be_another(
    change: str, notebook: Write, pretend: Pretend
) -> None:
    path = notebook({"picture": "timeline"})
    pretend(drawn("12 ms"))
    refresh(path)
    if change == "code":
        nb = read(path)
        nb.cells[1].source = "other.timeline"
        nbformat.write(nb, path)
    pretend(drawn("13 ms", text="redrawn" if change == "text" else "drawn"))
    assert refresh(path, redraw=change == "redraw").changed
    assert "13 ms" in stored_html(path)


def test_a_dry_run_writes_nothing(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"picture": "timeline"})
    stored = path.read_bytes()
    pretend(drawn("12 ms"))
    assert refresh(path, dry_run=True).changed
    assert path.read_bytes() == stored


def test_the_file_keeps_its_mode(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"picture": "timeline"})
    path.chmod(0o640)
    pretend(drawn("12 ms"))
    refresh(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "00_lesson.ipynb"
    path.write_text("not json", encoding="utf-8")
    with pytest.raises(RefreshError, match="this is not a notebook"):
        refresh(path)


def test_notebooks_are_found_in_folders_and_never_none(tmp_path: Path) -> None:
    for name in ("b.ipynb", "a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps({}), encoding="utf-8")
    assert [path.name for path in notebooks_in([tmp_path])] == ["a.ipynb", "b.ipynb"]
    assert [path.name for path in notebooks_in([tmp_path / "b.ipynb"])] == ["b.ipynb"]
    for missing, what in itertools.product(["nowhere", "empty"], ["", ".ipynb"]):
        if missing == "empty" and not what:
            (tmp_path / missing).mkdir()
        with pytest.raises(FileNotFoundError, match="there is no notebook"):
            list(notebooks_in([tmp_path / f"{missing}{what}"]))
