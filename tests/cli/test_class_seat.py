"""A seat joins a class when it starts, if it was told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from course.classroom import learner
from course.cli import _class_seat


@pytest.fixture
def joined(own_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the seat has joined: the words, and the name."""
    found: list[tuple[str, str]] = []

    def join(words: str, name: str = "") -> str:
        found.append((words, name))
        return "joined"

    monkeypatch.setattr("course.classroom.join", join)
    monkeypatch.setattr("course.classroom.keep_sending", lambda: None)
    monkeypatch.setattr(_class_seat.threading.Thread, "start", lambda _: None)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.delenv(_class_seat.VARIABLE, raising=False)
    assert learner
    return found


def test_a_seat_joins_what_it_is_told_and_nothing_by_itself(joined: Any, monkeypatch: Any) -> None:
    _class_seat.take_part(None)
    assert joined == []
    _class_seat.take_part("words")
    monkeypatch.setenv(_class_seat.VARIABLE, "words of all")
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    _class_seat.take_part(None)
    assert joined == [("words", ""), ("words of all", "ada")]


def test_a_seat_that_has_joined_joins_once(joined: Any, own_workspace: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv(_class_seat.VARIABLE, "words of all")
    (own_workspace / ".course").mkdir(parents=True)
    (own_workspace / ".course" / "class.json").write_text("{}")
    _class_seat.take_part(None)
    assert joined == []
    _class_seat._send_once_a_member()


def test_a_seat_without_a_board_starts_all_the_same(
    own_workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_class_seat.threading.Thread, "start", lambda _: None)
    _class_seat.take_part("blue-otter-4207@127.0.0.1:9")
    assert "does not answer" in capsys.readouterr().out
    assert not (own_workspace / ".course" / "class.json").exists()
