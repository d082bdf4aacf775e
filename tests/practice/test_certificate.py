from pathlib import Path

import pytest

from course.practice import NoCertificate, NotYetEarned, certificate, journal, progress, verify
from course.practice._certificate import Certificate

_NAME = "Zoë <& Søn>"


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path))
    return tmp_path


def _pass_the_last_lesson() -> None:
    for id in progress().lessons[-1].exercises:
        journal().add("check", id, state="passed")


def _earned() -> Certificate:
    _pass_the_last_lesson()
    return certificate(_NAME)


def test_is_not_given_before_the_last_lesson_is_passed() -> None:
    open_exercise = progress().lessons[-1].exercises[0]
    with pytest.raises(NotYetEarned, match=open_exercise):
        certificate(_NAME)


def test_says_who_and_how_far_and_verifies() -> None:
    given = _earned()
    facts = verify(given.path)
    assert facts == given.facts
    assert facts.name == _NAME
    assert [each.passed for each in facts.lessons][-1] == len(progress().lessons[-1].exercises)


def test_is_the_same_when_it_is_made_again() -> None:
    assert _earned().path.read_bytes() == certificate(_NAME).path.read_bytes()


@pytest.mark.parametrize(("old", "new"), [("Zo", "Jo"), ("exercises<", "EXERCISES<"), ("passed", "Passed")])
def test_a_changed_one_is_found_out(old: str, new: str) -> None:
    path = _earned().path
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(NoCertificate):
        verify(path)


def test_another_file_is_none(tmp_path: Path) -> None:
    other = tmp_path / "other.svg"
    other.write_text("<svg><metadata>{}</metadata></svg>")
    with pytest.raises(NoCertificate, match="no certificate"):
        verify(other)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        certificate(name)
