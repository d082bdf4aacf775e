from __future__ import annotations

import copy
import difflib
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from course.notebook import code_cells, read
from course.publish import RefreshError, _refresh, notebooks_in, refresh

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
    """Pretend that every code cell showed this; one that says ``raise`` an error with the cell's count."""

    def run(nb: NotebookNode) -> NotebookNode:
        result = copy.deepcopy(nb)
        for count, cell in enumerate(code_cells(result), 1):
            data = {"text/plain": text, "text/html": f'<p><svg class="timed">{picture}</svg></p>'}
            cell.execution_count = count
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=count)]
            if cell.source == "raise":
                lines = [f"Cell In[{count}], line 1", "Cell In[1], line 2"]
                cell.outputs = [nbformat.v4.new_output("error", ename="E", evalue="e", traceback=lines)]
        return result

    return run


def stored_html(path: Path, name: str = "picture") -> str:
    (cell,) = (cell for cell in code_cells(read(path)) if cell.id == name)
    html: str = cell.outputs[0].data["text/html"]
    return html


def test_the_stored_picture_stays_while_nothing_else_changes(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"picture": "timeline"})
    pretend(drawn("12 ms"))
    refresh(path)
    pretend(drawn("13 ms"))
    assert not refresh(path).changed
    assert "12 ms" in stored_html(path)


def edit(path: Path, change: Callable[[list[NotebookNode]], object]) -> None:
    nb = read(path)
    change(nb.cells)
    nbformat.write(nb, path)


def test_new_pictures_are_taken_when_they_are_asked_for_or_the_text_is_another(
    notebook: Write, pretend: Pretend
) -> None:
    path = notebook({"picture": "timeline"})
    for run, redraw in ((drawn("12 ms"), False), (drawn("13 ms", "another"), False), (drawn("14 ms"), True)):
        pretend(run)
        assert refresh(path, redraw=redraw).changed
    assert "14 ms" in stored_html(path)


APP = {
    "imports": "import time\nfrom course import mark, serve",
    "helper": "def work():\n    time.sleep(0.1)",
    "app": "app = FastAPI()\n\n\n@app.get('/')\ndef handler():\n    work()",
    "picture": "with serve(app) as server:\n    server.get('/')\nserver.timeline",
    "other-app": "app = FastAPI()",
    "other": "with serve(app) as server:\n    pass\nserver.timeline",
}


def replaced(name: str, old: str, new: str) -> Callable[[list[NotebookNode]], object]:
    def change(cells: list[NotebookNode]) -> None:
        (cell,) = (cell for cell in cells if cell.id == name)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("change", "redrawn"),
    [
        (replaced("imports", "mark", "check, mark"), set()),
        (replaced("imports", "import time", "import slow as time"), {"picture"}),
        (replaced("helper", "0.1", "1"), {"picture"}),
        (replaced("app", "work()", "work(), work()"), {"picture"}),
        (replaced("picture", "'/'", "'/a'"), {"picture"}),
        (replaced("other", "pass", "1"), {"other"}),
        (replaced("other-app", "FastAPI()", "FastAPI(debug=True)"), {"other"}),
        (replaced("title", "Title", "Another title"), set()),
        (lambda cells: cells.insert(2, nbformat.v4.new_code_cell("unused = 1")), set()),
        (lambda cells: cells.insert(4, nbformat.v4.new_code_cell("app.state.slow = 1")), {"picture"}),
        (lambda cells: cells.insert(5, nbformat.v4.new_code_cell("app.state.slow = 1")), set()),
        (lambda cells: cells.pop(2), {"picture"}),
    ],
)
def test_only_the_pictures_whose_code_was_edited_are_drawn_again(
    change: Callable[[list[NotebookNode]], object], redrawn: set[str], notebook: Write, pretend: Pretend
) -> None:
    path = notebook(APP)
    pretend(drawn("12 ms"))
    refresh(path)
    edit(path, change)
    pretend(drawn("13 ms"))
    refresh(path)
    assert {name for name in ("picture", "other") if "13 ms" in stored_html(path, name)} == redrawn


@pytest.mark.parametrize("place", range(1, 8))
def test_a_new_cell_changes_no_byte_of_another(place: int, notebook: Write, pretend: Pretend) -> None:
    path = notebook({**APP, "error": "raise"}, raises=("error",))
    pretend(drawn("12 ms"))
    refresh(path)
    before = path.read_text("utf-8")
    for count in range(1, 3):
        new = nbformat.v4.new_code_cell("print('mine')", id=f"0000000{count}")
        edit(path, lambda cells, new=new: cells.insert(place, new))
        pretend(drawn("13 ms"))
        done = refresh(path)
        assert done.named == ("print-mine" if count == 1 else "print-mine-2",)
        after = path.read_text("utf-8")
        assert not refresh(path).changed
        assert [
            line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] == "-"
        ] == []
        before = after
    assert [cell.execution_count for cell in code_cells(read(path))] == sorted(
        cell.execution_count for cell in code_cells(read(path))
    )


def test_counts_that_an_editor_left_are_made_anew(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"a": "1", "b": "2", "error": "raise"}, raises=("error",))
    pretend(drawn("12 ms"))
    refresh(path)

    def ran_again(cells: list[NotebookNode]) -> None:
        cells[1].execution_count = 57

    edit(path, ran_again)
    assert refresh(path).changed
    assert [cell.execution_count for cell in code_cells(read(path))] == [1, 2, 3]


def test_a_kept_picture_has_the_new_count_of_its_cell(notebook: Write, pretend: Pretend) -> None:
    path = notebook({"a": "1", "picture": "timeline"})
    pretend(drawn("12 ms"))
    refresh(path)

    def pasted(cells: list[NotebookNode]) -> None:
        cells.insert(0, nbformat.v4.new_code_cell("2", id="pasted", execution_count=9))

    edit(path, pasted)
    pretend(drawn("13 ms"))
    refresh(path)
    cell = next(cell for cell in code_cells(read(path)) if cell.id == "picture")
    assert cell.outputs[0].execution_count == cell.execution_count
    assert not refresh(path).changed


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
    with pytest.raises(RefreshError, match="it cannot be read as a notebook: it is not JSON"):
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
