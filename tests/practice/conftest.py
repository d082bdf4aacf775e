import json
from pathlib import Path

import pytest

import course.lessons
from course.practice import _journal, _notebook, texts

LESSONS = Path(__file__).parent / "lessons"
CELLS = [
    ("title", "# 07 · Rehearsal\n\nA lesson."),
    ("how", "## Pass it, do not call it"),
    ("passing", "tasks.add_task(f)"),
]


@pytest.fixture(autouse=True)
def rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the rehearsal's lesson is there, with a notebook, and a workspace that is empty."""
    monkeypatch.setattr(course.lessons, "__path__", [str(LESSONS)])
    monkeypatch.setattr(texts, "notebooks_folder", lambda: tmp_path / "notebooks")
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr(_notebook, "_last", [])
    monkeypatch.setattr(_journal, "_journals", {})
    write_notebook(tmp_path / "notebooks" / "07_rehearsal.ipynb")


def write_notebook(path: Path) -> None:
    cells = [
        {"id": id, "cell_type": "code" if id == "passing" else "markdown", "metadata": {}, "source": source}
        for id, source in CELLS
    ]
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
