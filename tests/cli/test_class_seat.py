"""A seat joins a class when it starts, if it was told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.classroom import learner
from course.cli import _class_seat
from course.paths import CLASS_VARIABLE


@pytest.fixture
def asked(own_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the seat does: joins with words, joins unasked, sends."""
    found: list[str] = []
    answers = [True, True, False]

    def join_unasked() -> bool:
        found.append("unasked")
        return answers.pop(0)

    monkeypatch.setattr("course.classroom.join", lambda words: found.append(words))
    monkeypatch.setattr("course.classroom.keep_sending", lambda: found.append("sends"))
    monkeypatch.setattr(learner, "join_unasked", join_unasked)
    monkeypatch.setattr(_class_seat, "_AGAIN", 0.0)
    monkeypatch.setattr(_class_seat.threading.Thread, "start", lambda thread: thread.run())
    monkeypatch.delenv(CLASS_VARIABLE, raising=False)
    (own_workspace / ".course").mkdir(parents=True)
    (own_workspace / ".course" / "class.json").write_text("{}")
    return found


def test_a_seat_joins_what_it_is_told(asked: list[str]) -> None:
    _class_seat.take_part("words")
    assert asked == ["words", "sends"]


def test_a_seat_joins_nothing_by_itself(asked: list[str]) -> None:
    _class_seat.take_part(None)
    assert asked == ["sends"]


def test_a_seat_of_a_server_with_a_class_asks_until_the_board_answers(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLASS_VARIABLE, "words of all")
    _class_seat.take_part(None)
    assert asked == ["unasked", "unasked", "unasked", "sends"]


def test_what_is_typed_is_stronger_than_the_servers(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLASS_VARIABLE, "words of all")
    _class_seat.take_part("words")
    assert asked == ["words", "sends"]


def test_a_seat_without_a_board_starts_all_the_same(
    own_workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_class_seat.threading.Thread, "start", lambda _: None)
    _class_seat.take_part("blue-otter-4207@127.0.0.1:9")
    assert "does not answer" in capsys.readouterr().out
    assert not (own_workspace / ".course" / "class.json").exists()
