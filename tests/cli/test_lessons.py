"""The commands that take a lesson or begin one: how it is named, which tests are its own, what is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from course.cli import _workspace, main, run_inside
from course.cli import test as test_command
from course.cli._failures import CannotGoOn
from course.paths import NOTEBOOKS, ROOT
from course.publish import Begun, SkeletonError

FIRST = NOTEBOOKS / "01_after_the_response.ipynb"


@pytest.mark.parametrize("text", ["01", "1", "after_the_response", "01_after_the_response"])
def test_a_lesson_has_a_number_and_a_name(text: str) -> None:
    assert _workspace.notebook_called(text) == FIRST
    assert _workspace.name_of(FIRST) == "after_the_response"


@pytest.mark.parametrize("text", ["77", "after", ""])
def test_a_lesson_that_is_not_there_is_named_with_those_that_are(text: str) -> None:
    with pytest.raises(CannotGoOn, match=f"no lesson '{text}'") as error:
        _workspace.notebook_called(text)
    assert "01_after_the_response" in str(error.value)


@pytest.mark.parametrize("option", [["--lesson", "01"], ["--lesson=after_the_response"]])
def test_the_lesson_is_taken_out_of_what_pytest_gets(option: list[str]) -> None:
    assert test_command.without_lesson(["-k", "a", *option, "-x"]) == (["-k", "a", "-x"], FIRST)
    assert test_command.without_lesson(["-k", "a"]) == (["-k", "a"], None)


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_lesson_has_tests_that_are_there(notebook: Path) -> None:
    paths = test_command.tests_of(notebook)
    assert {"tests/lessons/test_bank.py", f"notebooks/{notebook.name}"} <= set(paths)
    assert all((ROOT / path).exists() for path in paths)


def test_every_folder_of_tests_is_that_of_a_lesson() -> None:
    folders = {path.parent.name for path in (ROOT / "tests" / "lessons").glob("*/*.py")}
    assert folders <= {_workspace.name_of(path) for path in NOTEBOOKS.glob("*.ipynb")}


def test_only_what_belongs_to_the_lesson_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[list[str], str | None]] = []

    def run(command: list[str], *, env: dict[str, str], cwd: Path | None = None) -> int:
        del cwd
        seen.append(([str(part) for part in command], env.get(test_command.LESSON)))
        return 0

    monkeypatch.setattr(test_command._child, "run", run)
    assert run_inside("test", ["--lesson", "01", "-n0"]) == 0
    command, lesson = seen[-1]
    assert lesson == "after_the_response"
    assert command[-1] == "notebooks/01_after_the_response.ipynb"
    assert "--lesson" not in command
    assert test_command.LESSON not in os.environ


@pytest.mark.parametrize("part", ["exercise", "lesson"])
def test_every_part_of_new_has_help(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["new", part, "--help"])
    assert stop.value.code == 0
    assert f"usage: python3 -m course new {part}" in capsys.readouterr().out


def test_new_says_what_was_written_and_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = Begun("after.new", FIRST, {FIRST: "cells new-intro"})
    asked: list[tuple[str, str | None]] = []
    monkeypatch.setattr("course.publish.new_exercise", lambda id, lesson: asked.append((id, lesson)) or begun)
    assert run_inside("new", ["exercise", "after.new", "--lesson", "1"]) == 0
    assert asked == [("after.new", "after_the_response")]
    said = capsys.readouterr().out
    assert "    notebooks/01_after_the_response.ipynb: cells new-intro\n" in said
    assert "    python3 -m course refresh notebooks/01_after_the_response.ipynb\n" in said
    assert said.endswith("    python3 -m course test --lesson 01\n")


def test_a_refusal_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(name: str) -> Begun:
        raise SkeletonError(f"There is {name} already.")

    monkeypatch.setattr("course.publish.new_lesson", refuse)
    assert run_inside("new", ["lesson", "first_steps"]) == 1
    assert capsys.readouterr().err == "There is first_steps already.\n"
