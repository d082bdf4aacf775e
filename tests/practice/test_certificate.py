from dataclasses import replace
from pathlib import Path

import pytest

from course.cli import run_inside
from course.practice import NoCertificate, NotYetEarned, certificate, certified, journal, progress, verify
from course.practice._progress import Certificate, _how_far, _Shown

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


def test_names_the_exercises_that_are_not_passed() -> None:
    facts = _earned().facts
    assert [each.open for each in facts.lessons] == [()]
    nothing_done = _how_far(replace(progress().lessons[-1], passed=()))
    assert (nothing_done.passed, nothing_done.open) == (0, ("Mail the welcome after the response",))
    said = certified(facts.model_copy(update={"lessons": (nothing_done,)}))
    assert said[:2] == [
        "07 · Rehearsal: 0 of 1 exercises",
        "    Not passed: Mail the welcome after the response",
    ]


def test_says_what_the_last_lesson_has_shown() -> None:
    facts = _earned().facts
    shown = _Shown(title="A shop", points=("It `opens`.", "It *sells* bread. " * 9))
    more = facts.model_copy(update={"shown": (shown,)})
    said = certified(more)
    assert said[said.index("What the check of “A shop” has seen:") + 1] == "- It opens."
    assert max(map(len, said)) < 100
    assert more.digest != facts.digest


def test_is_the_same_when_it_is_made_again() -> None:
    assert _earned().path.read_bytes() == certificate(_NAME).path.read_bytes()


def _changed(old: str, new: str) -> Path:
    """A certificate in which one text stands in place of another, wherever it stands."""
    path = _earned().path
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Zo", "Jo"),
        ("&quot;passed&quot;: 1", "&quot;passed&quot;: 9"),
        ("&quot;day&quot;: &quot;20", "&quot;day&quot;: &quot;19"),
        ("Rehearsal", "Premiere"),
        ("&quot;digest&quot;: &quot;", "&quot;digest&quot;: &quot;0"),
    ],
)
def test_changed_data_are_found_out(old: str, new: str) -> None:
    with pytest.raises(NoCertificate, match="was changed"):
        verify(_changed(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("What the checks of this course have seen", "What was seen"),
        ("exercises<", "Übungen<"),
        ("Georgia", "sans-serif"),
        ("<metadata>", '<metadata id="metadata1">'),
        ("</svg>\n", "</svg>\r\n"),
        ("</svg>", ""),
    ],
)
def test_the_drawing_may_change(old: str, new: str) -> None:
    facts = _earned().facts
    assert verify(_changed(old, new)) == facts


def test_one_of_an_earlier_course_verifies() -> None:
    """Its file is as the course made it before the drawing stopped to count."""
    facts = verify(Path(__file__).with_name("old_certificate.svg"))
    assert (facts.name, facts.lessons[-1].passed) == (_NAME, 2)


CHANGED = (
    "other.svg was changed: the facts in it do not fit their digest. Ask for the file as the course made it."
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
FILES = {
    "empty": b"",
    "no data": b"<svg><metadata>{}</metadata></svg>",
    "no text": b"\x00\xff\xfe\x89PNG",
    "torn": b"<svg><metadata>{&quot;facts&quot;: {&quot;name",
    "no mapping": b"<metadata>[1, 2]</metadata>",
    "facts of another kind": b'<metadata>{"facts": {"name": 1, "day": []}, "digest": ""}</metadata>',
    "no digest": b'<metadata>{"facts": {"name": "A", "day": "2030-01-01", "lessons": []}}</metadata>',
    "surrogate": (
        b'<metadata>{"facts": {"name": "\\ud800", "day": "2030-01-01", "lessons": []},"digest": 1}</metadata>'
    ),
    "deep": b"<metadata>" + b"[" * 400_000 + b"</metadata>",
    "many": b"<metadata>" * 90_000,
    "large": b"<metadata>" + b" " * 10_000_000 + b"</metadata>",
    "entities": f"{BOMB}<svg><metadata>&c;</metadata></svg>".encode(),
    "entities of entities": f"<svg><metadata>{'&amp;' * 100_000}</metadata></svg>".encode(),
}


@pytest.mark.parametrize("kind", FILES)
def test_another_file_gets_a_sentence(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.svg"
    other.write_bytes(FILES[kind])
    assert run_inside("verify", [str(other)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said in (["other.svg is not a certificate of this course."], [CHANGED])


def test_a_file_that_cannot_be_read_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none.svg", "No such file")):
        assert run_inside("verify", [str(path)]) == 1
        assert f"{path} cannot be read: {why}" in capsys.readouterr().err


def test_the_command_says_what_the_data_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("verify", [str(_earned().path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"The data in certificate.svg are unchanged: {_NAME}, ")
    assert said[-1] == "  07 · Rehearsal: 1 of 1 exercises"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "\ud800"])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        certificate(name)
