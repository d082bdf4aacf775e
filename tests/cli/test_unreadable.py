"""Every kind of damage to a notebook's file, and everything that reads one: it says so and goes on."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from course import notebook, paths, practice
from course.cli import (
    _lab,  # noqa: F401  (everything is imported before its folders are replaced)
    _workspace,
    facts,
    kit,
    run_inside,
)
from course.cli import audit as audit_command
from course.facts import cells_by_fact
from course.paths import NOTEBOOKS
from course.practice import _notebook, bank, texts
from course.publish import _refresh
from course.publish._gate import missing_cells
from course.publish.kit import read_lessons  # noqa: F401

GOOD = "00_start_here.ipynb"
BROKEN = "01_after_the_response.ipynb"
CONTENT = (NOTEBOOKS / BROKEN).read_bytes()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "conflict": lambda path: path.write_bytes(
        CONTENT.replace(b"\n", b"\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", 1)
    ),
    "half": lambda path: path.write_bytes(CONTENT[: len(CONTENT) // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "not-utf-8": lambda path: path.write_bytes(CONTENT.decode().encode("utf-16")),
    "another-json": lambda path: path.write_bytes(b'{"name": "package"}'),
    "cells-of-another-kind": lambda path: path.write_bytes(b'{"cells": [1], "metadata": {}}'),
    "folder": _folder,
}


pytestmark = pytest.mark.usefixtures("own_workspace")


@pytest.fixture(params=DAMAGE)
def damaged(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a whole lesson and a damaged one in place of the course's; an empty workspace."""
    folder = _lessons(tmp_path, monkeypatch)
    DAMAGE[request.param](folder / BROKEN)
    return folder


def _lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in (GOOD, BROKEN):
        shutil.copy(NOTEBOOKS / name, folder / name)
    monkeypatch.setattr(texts, "notebooks_folder", lambda: folder)
    for module in (paths, notebook, _workspace):
        monkeypatch.setattr(module, "NOTEBOOKS", folder)
    monkeypatch.setattr(notebook, "ROOT", tmp_path)
    return folder


def _names_file_and_remedy(said: str) -> None:
    said = " ".join(said.split())
    assert f"notebooks/{BROKEN} cannot be read as a notebook: " in said
    assert f"git checkout HEAD -- notebooks/{BROKEN}" in said
    assert "JSONDecodeError" not in said


def test_start(damaged: Path) -> None:
    said: list[str] = []
    assert _workspace.copy_lessons(tell=said.append) == GOOD
    _names_file_and_remedy("\n".join(said))
    assert f"Copied to {damaged.parent / 'work'}: {GOOD}." in said[-1]


def test_update(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("update", []) == 1
    said = capsys.readouterr().out
    _names_file_and_remedy(said)
    assert f"{GOOD}: copied." in said


def test_progress(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("progress", []) == 0
    said = capsys.readouterr().out
    _names_file_and_remedy(said)
    assert "00 · Start here: exercises" in said
    assert "After the response: exercises" in said
    assert f"notebooks/{BROKEN}" in practice.progress()._repr_html_()


def test_certificate(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for id in practice.progress().lessons[-1].exercises:
        practice.journal().add("check", id, state="passed")
    made = practice.certificate("Ada")
    _names_file_and_remedy(repr(made))
    assert practice.verify(made.path) == made.facts


def test_answer(damaged: Path) -> None:
    text = practice.lesson("after_the_response").text
    id, letter = next(
        (id, letter)
        for id, question in text.questions.items()
        for letter, option in question.options.items()
        if question.kind == "quiz" and option.misconception in text.misconceptions
    )
    _names_file_and_remedy(repr(practice.answer(id, letter)))


def test_check_and_hint(damaged: Path) -> None:
    lesson = practice.lesson("after_the_response")
    (wrong,) = (each for each in bank.programs(lesson, "after.welcome") if each.name == "wrong_called")
    register = wrong.run()["build_register"]
    _names_file_and_remedy(repr(practice.check("after.welcome", register)))
    assert "Hint 1 of 3" in repr(practice.hint("after.welcome"))


def test_audit(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit_command.run(_args(folder=damaged)) == 1
    said = capsys.readouterr().out
    _names_file_and_remedy(said)
    assert said.endswith("1 findings in 2 notebooks.\n"), said


def test_refresh(damaged: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_refresh, "execute", lambda nb, path, timeout: nb)
    assert run_inside("refresh", ["--check", str(damaged)]) == 1
    said = capsys.readouterr()
    assert f"{BROKEN}: it cannot be read as a notebook: " in said.err
    assert f"git checkout HEAD -- notebooks/{BROKEN}" in said.err
    assert f"same    {GOOD}" in said.out


@pytest.mark.parametrize("part", [pytest.param("build", marks=pytest.mark.thorough), "plan", "timings"])
def test_kit(part: str, damaged: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (id,) = practice.lesson("start_here").text.exercises
    for state in ("not yet", "passed"):
        practice.journal().add("check", id, state=state)
    options = {"plan": ["--slots", "90"], "timings": [str(tmp_path / "work" / ".course" / "journal.jsonl")]}
    out = tmp_path / "kit"
    assert run_inside("kit", [part, *options.get(part, []), "--out", str(out)]) == 1
    _names_file_and_remedy(capsys.readouterr().err)
    assert list(out.iterdir())


def test_facts(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {cell.notebook for cells in cells_by_fact(damaged).values() for cell in cells} <= {GOOD}
    assert facts.run(_args(ids=["F1"], jobs=1, json=False)) == 0
    _names_file_and_remedy(capsys.readouterr().err)


def test_the_count_of_cells(damaged: Path) -> None:
    said = "\n".join(missing_cells(damaged.parent, ["shipped"], set()))
    _names_file_and_remedy(said)
    assert f"notebooks/{GOOD}, shipped edition: 0 of" in said


def test_a_byte_order_mark_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _lessons(tmp_path, monkeypatch)
    (folder / BROKEN).write_bytes(b"\xef\xbb\xbf" + CONTENT)
    assert run_inside("update", []) == 0
    assert kit.name_unreadable() == 0
    assert _notebook.title("after_the_response") == ("01 · After the response", None)
    assert (tmp_path / "work" / BROKEN).read_bytes().startswith(b"{")
    assert audit_command.run(_args(folder=folder)) == 1
    assert "[not-normal]" in capsys.readouterr().out


# ---- the learner's copies --------------------------------------------------------------------------


@pytest.fixture(params=DAMAGE)
def broken_copy(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace in which one copy is damaged; the course's own notebooks are whole."""
    _lessons(tmp_path, monkeypatch)
    _workspace.copy_lessons(tell=lambda said: None)
    DAMAGE[request.param](tmp_path / "work" / BROKEN)
    return tmp_path / "work"


def test_start_names_a_broken_copy(broken_copy: Path) -> None:
    said: list[str] = []
    assert _workspace.copy_lessons(tell=said.append) == GOOD
    (line,) = said
    assert line.startswith(f"{BROKEN} cannot be read as a notebook: ")
    assert "Give it another name; python3 -m course start then makes a new copy" in line
    (broken_copy / BROKEN).rename(broken_copy / "mine.ipynb")
    _workspace.copy_lessons(tell=said.append)
    assert (broken_copy / BROKEN).is_file()


def test_update_puts_a_whole_one_beside_a_broken_copy(
    broken_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_inside("update", []) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{BROKEN}: yours cannot be read as a notebook (")
    assert (broken_copy / "01_after_the_response (new).ipynb").is_file()
    assert run_inside("update", []) == 0
    assert "is the newest" in capsys.readouterr().out


def _args(**values: object) -> argparse.Namespace:
    return argparse.Namespace(**values)
