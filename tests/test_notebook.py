from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course import notebook
from course.notebook import Unreadable, headings, headings_in
from course.paths import NOTEBOOKS, ROOT
from course.practice import _notebook
from course.publish.kit import read_lessons

LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def holding(*texts: str) -> dict[str, Any]:
    """A notebook of prose cells a, b, c …; a text that begins with ``>>>`` is code."""
    cells = [
        {
            "id": name,
            "cell_type": "code" if text.startswith(">>>") else "markdown",
            "metadata": {},
            "source": text.removeprefix(">>>").splitlines(keepends=True),
        }
        for name, text in zip("abcdefgh", texts, strict=False)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


# ---- headings --------------------------------------------------------------------------------------


def test_a_cell_stands_under_the_heading_that_its_first_line_stands_under() -> None:
    nb = holding(
        "# Title\n\nText.",
        "What came out.\n\n## Next\n\nMore.",  # begins under the title, and ends under its own heading
        ">>># a comment",
        "\n### Part\n\n#### Below",
        "```python\n# not a heading\n```",
    )
    assert headings(nb) == {"a": "Title", "b": "Title", "c": "Next", "d": "Part", "e": "Below"}
    assert notebook.title(nb) == "Title"
    assert notebook.title(holding("text")) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## Two ##", [(2, "Two")]),
        ("   # Indented", [(1, "Indented")]),
        ("    # Code", []),
        ("#hashtag", []),
        ("####### seven", []),
        ("~~~\n# no\n```\n# no\n~~~\n# yes", [(1, "yes")]),
        ("````\n```\n# no\n````", []),
        ("- a\n  ```sh\n  # no\n  ```\n# yes", [(1, "yes")]),
        ("```inline``` text\n# yes", [(1, "yes")]),
        ("```\n# never closed", []),
    ],
)
def test_what_is_a_heading(text: str, found: list[tuple[int, str]]) -> None:
    assert headings_in(text) == found


def test_learners_and_instructors_are_told_the_same_headings() -> None:
    for lesson in read_lessons(NOTEBOOKS):
        assert _notebook._headings_of(lesson.path) == lesson.headings
        assert _notebook.title(lesson.info.lesson) == (lesson.title, None)


# ---- reading and writing ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_written_as_it_was_read(path: Path) -> None:
    assert notebook.render(notebook.read(path)).encode() == path.read_bytes()
    given = notebook.load(notebook.as_given(path))
    assert [notebook.source(cell) for cell in given["cells"]] == [
        cell.source for cell in notebook.read(path).cells
    ]
    ran = [cell for cell in notebook.code_cells(given) if cell["outputs"] or cell["execution_count"]]
    assert ran == []


def test_a_byte_order_mark_is_just_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    plain = json.dumps(holding("# Title")).encode()
    path.write_bytes(b"\xef\xbb\xbf" + plain)
    assert notebook.read_raw(path) == json.loads(plain)
    assert notebook.title(notebook.read(path)) == "Title"
    assert json.loads(notebook.as_given(path)) == json.loads(plain)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \n", "it is empty"),
        (b'{\n<<<<<<< HEAD\n "cells": []\n=======\n', "line 2 is the mark of a merge conflict"),
        (b'{"cells": [{"id": "a', "it is not JSON, or not all of it (Unterminated string"),
        (b"[" * 100_000, "it is not JSON (RecursionError)"),
        ('{"cells": []}'.encode("utf-16"), "it is not UTF-8 text (byte 1)"),
        (b"[]", "it has no list of cells"),
        (b"null", "it has no list of cells"),
        (b'{"cells": {}}', "it has no list of cells"),
        (b'{"cells": [], "metadata": 1}', "its metadata is not a mapping"),
        (b'{"cells": [1]}', "cell 1 has no type"),
        (b'{"cells": [{"id": "a"}]}', "cell 1 has no type"),
        (b'{"cells": [{"cell_type": "code"}]}', "cell 1 has no text"),
        (b'{"cells": [{"cell_type": "code", "source": [1]}]}', "cell 1 has no text"),
        (
            b'{"cells": [{"cell_type": "code", "source": "", "outputs": {}}]}',
            "the metadata or the outputs of cell 1 are of another kind",
        ),
    ],
)
def test_what_is_no_notebook_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as failed:
        notebook.load(content, Path("mine.ipynb"))
    assert failed.value.reason.startswith(reason)
    assert str(failed.value).startswith("mine.ipynb cannot be read as a notebook: ")
    assert "text editor" in str(failed.value)


@pytest.mark.parametrize(
    "outputs", [[1], [{}], [{"output_type": "stream"}], [{"output_type": "x", "data": 1}]]
)
def test_outputs_of_no_known_kind(outputs: list[object]) -> None:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": "1", "outputs": outputs}
    with pytest.raises(Unreadable, match="an output is of no known kind"):
        notebook.parse(json.dumps({"cells": [cell]}))


def test_the_remedy_depends_on_whose_file_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    mine = str(Unreadable(tmp_path / "01_after_the_response.ipynb", "it is empty"))
    assert "python3 -m course start then makes a new copy" in mine
    said = str(Unreadable(NOTEBOOKS / "01_after_the_response.ipynb", "it is empty"))
    assert said.startswith("notebooks/01_after_the_response.ipynb cannot be read")
    assert "git checkout HEAD -- notebooks/01_after_the_response.ipynb" in said


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    with pytest.raises(Unreadable, match="it is a folder"):
        notebook.read_raw(tmp_path / "folder.ipynb")
    with pytest.raises(Unreadable, match="No such file"):
        notebook.read(tmp_path / "none.ipynb")
    assert [error.path.name for error in notebook.unreadable(tmp_path)] == ["folder.ipynb"]


def test_nothing_else_reads_notebooks_and_reading_needs_no_package() -> None:
    code = (
        "import sys; from course import notebook; from course.paths import NOTEBOOKS; "
        "notebook.read_raw(NOTEBOOKS / '00_start_here.ipynb'); assert 'nbformat' not in sys.modules"
    )
    subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, check=True)
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "course").rglob("*.py")
        if "programs" not in path.parts and "nbformat.read" in path.read_text("utf-8")
    ]
    assert readers == []


# ---- exercises -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ('check("a.b", thing)', "a.b"),
        ('check("a.b")', "a.b"),
        ("check(name)", None),
        ('print(check("a.b"))', None),
        ('x = 1\ncheck("a.b")', None),
        ("check()", None),
        ("check(", None),
    ],
)
def test_a_check_cell_is_one_call(code: str, name: str | None) -> None:
    assert notebook.checked_exercise({"cell_type": "code", "source": code.splitlines(keepends=True)}) == name


def test_answers_stand_in_place_of_starters() -> None:
    nb = holding("# Title", ">>>starter", ">>>other")
    nb["cells"][1]["metadata"] = {"course": {"exercise": "a.b"}}
    solved = notebook.with_answers(nb, lambda exercise: f"answer to {exercise}")
    assert [notebook.source(cell) for cell in solved["cells"]] == ["# Title", "answer to a.b", "other"]
    assert notebook.source(nb["cells"][1]) == "starter"


def test_further_reading_is_folded_for_learners(tmp_path: Path) -> None:
    nb = holding("### Further", ">>> 1")
    nb["cells"][0]["metadata"] = {"tags": ["fold"]}
    (tmp_path / "a.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    heading, code = notebook.load(notebook.as_given(tmp_path / "a.ipynb"))["cells"]
    assert heading["metadata"]["jp-MarkdownHeadingCollapsed"] is True
    assert "jp-MarkdownHeadingCollapsed" not in code.get("metadata", {})


def test_lessons_are_those_of_the_learners_language_if_they_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "NOTEBOOKS", tmp_path)
    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    assert notebook.lessons_folder() == tmp_path
    (tmp_path / "zh_CN").mkdir()
    assert notebook.lessons_folder() == tmp_path / "zh_CN"
    monkeypatch.setenv("COURSE_LANGUAGE", "en")
    assert notebook.lessons_folder() == tmp_path
