"""Two lessons and the commands in the language for tests: what has no brackets cannot be translated."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat import NotebookNode

from course.cli import run_inside
from course.notebook import code_cells, read, source, strings
from course.paths import NOTEBOOKS
from course.publish._refresh import execute
from course.publish.translation import translate_cells, units
from tests.pseudo import LANGUAGE, RIGHT_TO_LEFT

LESSONS = ("00_start_here", pytest.param("05_order_and_data", marks=pytest.mark.thorough))
THREE_WORDS = re.compile(r"[^\W\d_]+,? [a-z]+,? [a-z]+")
WRITTEN_IN_THE_CELL = ("print(", "show_source(", "logging")
"""What a cell prints with its own words is code, which stays English."""


def bare(text: str) -> str:
    """A text without what is in brackets, and without code."""
    text, before = text.replace(RIGHT_TO_LEFT, ""), ""
    while text != before:
        text, before = re.sub(r"⟦[^⟦⟧]*⟧", "…", text), text
    return re.sub(r"`[^`]*`", "`", text)


def untranslated(text: str, place: str = "text/plain") -> list[str]:
    """The lines of an output in which somebody reads three words that are not translated."""
    if place in ("text/html", "image/svg+xml"):
        text = re.sub(r"(?s)<(style|script|pre|code)\b.*?</\1>", " ", text)
        text = html.unescape(re.sub(r"<[^<>]*>", "\n", text))
    return [line.strip() for line in bare(text).splitlines() if THREE_WORDS.search(line)]


def shown(nb: NotebookNode) -> Iterator[tuple[str, str, str]]:
    """Each text that the cells show, with cell and place. Errors are Python's or a library's."""
    for cell in code_cells(nb):
        for output in cell.outputs:
            for place, text in strings(output):
                own = any(word in source(cell) for word in WRITTEN_IN_THE_CELL)
                if place not in ("error", "traceback") and not (own and place in ("stdout", "text/plain")):
                    yield cell.id, place, text


@pytest.mark.long
@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_says_nothing_that_cannot_be_translated(name: str) -> None:
    path = NOTEBOOKS / f"{name}.ipynb"
    nb = translate_cells(read(path), LANGUAGE)
    prose = [
        (cell.id, unit.text)
        for cell in nb.cells
        if cell.cell_type == "markdown"
        for unit in units(cell.source)
    ]
    assert [(id, text) for id, text in prose if untranslated(text)] == []
    nb = execute(nb, path)
    said = list(shown(nb))
    assert sum("⟦" in text for _, _, text in said) > 5
    found = [(id, place, line) for id, place, text in said for line in untranslated(text, place)]
    own = "\n".join(map(source, code_cells(nb)))
    assert [each for each in found if THREE_WORDS.search(each[2])[0] not in own] == []  # type: ignore[index]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize(
    "command",
    [
        ("progress",),
        ("update",),
        ("verify", "no-such-file.svg"),
        ("start", "--no-lab"),
        ("update", "no-such-lesson"),
    ],
    ids=lambda command: " ".join(command),
)
def test_a_command_says_nothing_that_cannot_be_translated(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "workspace"))
    run_inside(command[0], list(command[1:]))
    said = "".join(capsys.readouterr())
    assert "⟦" in said
    assert untranslated(said) == []


def test_a_text_that_is_not_translated_is_found() -> None:
    assert untranslated("⟦Iít iís theéreé⟧\nbut nobody says so")
    assert untranslated("<b>⟦aá⟧</b><p>and one more thing</p>", "text/html")
    assert not untranslated("⟦`one two three` ⟦aánd⟧ aánd soó oón⟧: `four five six`")
