from pathlib import Path

import pytest

import course.lessons
from course.practice import _content, _notebook

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the rehearsal's lesson is there, and a workspace that is empty."""
    monkeypatch.setattr(course.lessons, "__path__", [str(HERE / "lessons")])
    monkeypatch.setattr(_content, "notebooks_folder", lambda: HERE / "notebooks")
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr(_notebook, "_last", [])
