"""What a notebook shows of the class."""

from __future__ import annotations

from typing import Any

import pytest

from course.classroom import desk
from course.classroom.outbox import Membership
from course.classroom.wire import Status

MEMBER = Membership(board="http://board/", token="ab" * 32, name="Otter 7", class_name="Tuesday")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "Otter 7: you are in the class “Tuesday”."),
        ({"hand": "a"}, "Otter 7: your hand is up."),
        ({"hand": "a", "status": Status(hand="coming")}, "Otter 7: your instructor is coming."),
        ({"status": Status(hand="coming")}, "Otter 7: you are in the class “Tuesday”."),
        ({"problem": "It is busy."}, "Otter 7: It is busy. Nothing is lost, it is sent later."),
        ({"leaving": True}, "You are in no class."),
    ],
)
def test_how_a_learner_stands_is_a_sentence(more: dict[str, Any], says: str) -> None:
    assert desk.standing(MEMBER.model_copy(update=more)) == says


def test_without_a_membership_there_is_no_class() -> None:
    assert desk.standing(None) == "You are in no class."
    assert desk._left(None) is None


def test_the_timer_goes_on_between_two_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.time, "time", lambda: 1060.0)
    at = {"status": Status(timer=100.0), "status_at": 1000.0}
    assert desk._left(MEMBER.model_copy(update=at)) == 40.0
    assert desk._left(MEMBER.model_copy(update={**at, "status": Status(timer=10.0)})) == 0.0
