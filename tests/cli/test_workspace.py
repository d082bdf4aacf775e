"""The learner's copies: made once, never overwritten, trusted by JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.cli import _workspace
from course.cli._failures import CannotGoOn


@pytest.fixture
def lessons(own_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two lessons and a picture; the workspace is beside it."""
    folder = tmp_path / "notebooks"
    (folder / "pictures").mkdir(parents=True)
    for name in ("01_b.ipynb", "00_a.ipynb"):
        _write_lesson(folder / name, "1")
    (folder / "pictures" / "a.svg").write_text("<svg/>", encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "00_a.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(_workspace, "NOTEBOOKS", folder)
    return folder


def _write_lesson(path: Path, source: str) -> None:
    cell = new_code_cell(source, outputs=[new_output("display_data", {"image/svg+xml": "<svg/>"})], id="a")
    nbformat.write(new_notebook(cells=[cell]), path)


def _copy() -> tuple[str, list[str]]:
    said: list[str] = []
    return _workspace.copy_lessons(tell=said.append), said


def test_first_copy(lessons: Path, tmp_path: Path) -> None:
    first, said = _copy()
    assert first == "00_a.ipynb"
    assert said == [
        f"Copied to {tmp_path / 'work'}: 00_a.ipynb, 01_b.ipynb, a.svg. Work on these copies; they are yours."
    ]
    there = [
        path.relative_to(tmp_path / "work").as_posix() for path in sorted((tmp_path / "work").rglob("*.*"))
    ]
    assert [name for name in there if not name.startswith(".course")] == [
        "00_a.ipynb",
        "01_b.ipynb",
        "pictures/a.svg",
    ]


def test_nothing_is_overwritten_and_nothing_said(lessons: Path, tmp_path: Path) -> None:
    _copy()
    work = tmp_path / "work" / "00_a.ipynb"
    _write_lesson(work, "mine")
    mine = work.read_bytes()
    assert _copy()[1] == []
    assert work.read_bytes() == mine


def test_a_newer_lesson_is_mentioned_only(lessons: Path, tmp_path: Path) -> None:
    _copy()
    _write_lesson(tmp_path / "work" / "00_a.ipynb", "mine")
    mine = (tmp_path / "work" / "00_a.ipynb").read_bytes()
    _write_lesson(lessons / "00_a.ipynb", "2")
    said = _copy()[1]
    assert len(said) == 1
    assert said[0].startswith("The course has a newer version of: 00_a.ipynb. Yours stays")
    assert (tmp_path / "work" / "00_a.ipynb").read_bytes() == mine


def test_a_lesson_that_was_removed_or_renamed_comes_back_fresh(lessons: Path, tmp_path: Path) -> None:
    _copy()
    work = tmp_path / "work" / "00_a.ipynb"
    work.rename(work.with_name("mine.ipynb"))
    assert "work: 00_a.ipynb. Work on" in _copy()[1][0]
    assert work.exists()


def test_copies_are_trusted_without_touching_the_users_own_data(lessons: Path, tmp_path: Path) -> None:
    _copy()
    copy = nbformat.read(tmp_path / "work" / "00_a.ipynb", as_version=4)
    with_record = NotebookNotary(data_dir=str(tmp_path / "work" / ".course" / "jupyter" / "data"))
    assert with_record.check_signature(copy)
    with_record.store.close()
    assert not (tmp_path / "user").exists()


def test_nothing_has_run_in_a_copy(lessons: Path, tmp_path: Path) -> None:
    assert nbformat.read(lessons / "00_a.ipynb", as_version=4).cells[0].outputs
    _copy()
    (cell,) = nbformat.read(tmp_path / "work" / "00_a.ipynb", as_version=4).cells
    assert (cell.source, cell.outputs, cell.execution_count) == ("1", [], None)


def test_an_interrupted_copy_leaves_no_half(
    lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tear(path: Path, content: bytes) -> None:
        path.write_text(content.decode()[:10], encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", tear)
        with pytest.raises(KeyboardInterrupt):
            _copy()
    assert not [path for path in (tmp_path / "work").rglob("*") if path.is_file()]
    _copy()
    json.loads((tmp_path / "work" / "00_a.ipynb").read_text(encoding="utf-8"))


def test_a_torn_record_is_no_trouble(lessons: Path, tmp_path: Path) -> None:
    _copy()
    (tmp_path / "work" / ".course" / "lessons.json").write_text("{", encoding="utf-8")
    assert _copy()[1] == []


def test_no_lessons(lessons: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_workspace, "NOTEBOOKS", tmp_path / "nowhere")
    with pytest.raises(CannotGoOn, match="no lesson"):
        _copy()


def test_a_workspace_that_cannot_be_written(lessons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(CannotGoOn, match="cannot be written"):
        _copy()
