"""Who needs help, and how: the codes of a room, typed by hand."""

from __future__ import annotations

import io
import re
import string
from pathlib import Path

import pytest

from course import words
from course.cli import run_inside
from course.cli._kit_room import read, summary
from course.paths import ROOT
from course.seat import _codes, decode, encode


def _code(*failed: str) -> str:
    return encode(failed, minor=12, platform="darwin")


def _run(text: str, tmp_path: Path) -> int:
    file = tmp_path / "codes.txt"
    file.write_text(text, encoding="utf-8")
    return run_inside("kit", ["doctor-codes", str(file)])


def test_a_room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "# before the break\n\n"
        f"Ada {_code()}\n"
        f"Bob the Builder: {_code('environment', 'packages', 'kernel')}\n"
        f"Chloé\t{_code('disk', 'proxy').lower().replace('-', ' ')}\n"
        f"Dan, {_code('environment').replace('-', '')}\n"
        f"Eve {_code()[:-1]}#\n"
        "Fay 12345-67890\n"
    )
    assert _run(text, tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        "3 of 4 seats need help.",
        "",
        "Run python3 -m course start: it makes or repairs .venv.",
        "    Bob the Builder (Python 3.12, macOS): environment",
        "    Dan (Python 3.12, macOS): environment",
        "",
        "Set NO_PROXY to 127.0.0.1,localhost and start again (course start does so for itself).",
        "    Chloé (Python 3.12, macOS): proxy",
        "",
        "Free at least 200 MB on this disk.",
        "    Chloé (Python 3.12, macOS): disk",
        "",
        "These lines have no code, or a mistyped one. Ask for it again:",
        f"    line 7: Eve {_code()[:-1]}#",
        "    line 8: Fay 12345-67890",
    ]


def test_a_chat_as_it_is_copied() -> None:
    code = _code("disk")
    lines = [
        f"[22:01, 31.1.2030] Ada Lovelace: my code is {code} thanks",
        f"10:03:12 From  Bob to  Everyone:  {code.lower()}",
        "Chloé Dubois  10:04 AM",
        f"{code}",
        f"2030-01-31 10:05 Dan: {code}!",
        f"Eve my code is {code}.",
        "Fay: it works, and 2 of us share a seat",
        "10:07 Gil: 12345-67890",
        f"{code} (Hal)",
    ]
    seats, mistyped = read(lines)
    assert list(seats) == ["Ada Lovelace", "Bob", "Chloé Dubois", "Dan", "Eve", "line 9"]
    assert all(seat.failed == ("disk",) for seat in seats.values())
    assert mistyped == {8: lines[7]}


@pytest.mark.parametrize("language", ["en", *words.languages()])
def test_the_doctors_line_as_it_is(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers a mail, or writes into a chat, copies the whole line: it is nobody's name."""
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    line = words.say("Code for your instructor: {code}", code=_code("disk"))
    lines = [
        "Chloé Dubois  10:04 AM",
        line,
        f"Ada Lovelace: {line}",
        f"Eve {line}",
        "From: Dan Doe <dan@example.org>",
        "Subject: Re: Before our course",
        line,
        "> Please answer this mail by Friday with the last line of `python3 -m course doctor`. It looks like",
        f">     {line}",
        'From: "Fay, of Sales" <fay@example.org>',
        f"{line} and thank you",
        line,
    ]
    seats, mistyped = read(lines)
    assert list(seats) == ["Chloé Dubois", "Ada Lovelace", "Eve", "Dan Doe", "Fay, of Sales", "line 12"]
    assert all(seat.failed == ("disk",) for seat in seats.values())
    assert mistyped == {}


def test_the_example_in_the_mail_is_nobodys_code() -> None:
    mail = (ROOT / "docs" / "remote.md").read_text("utf-8").partition("## The mail before the course")[2]
    quoted = [line.lstrip("> ") for line in mail.splitlines()]  # by a program that does not mark it
    assert read(line for line in quoted if "python3" not in line) == ({}, {})


@pytest.mark.parametrize(
    "dash", ["", " ", "-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", " - ", " \u2013 "]
)
def test_any_dash_will_do(dash: str) -> None:
    seats, mistyped = read([f"Chloé - {_code('disk').replace('-', dash)}"])
    assert [(name, seat.failed) for name, seat in seats.items()] == [("Chloé", ("disk",))]
    assert mistyped == {}


def test_a_wrong_character_is_never_silent() -> None:
    for code in (_code("python", "packages"), "2K001-80E98"):
        for place in range(len(code)):
            for wrong in string.printable[:95]:
                line = f"Ada {code[:place]}{wrong}{code[place + 1 :]}"
                seats, mistyped = read([line])
                assert mistyped == {1: line.strip()} or seats == {"Ada": decode(code)}, line
    line = f"Ada {code[:-1]}{'7' if code[-1] != '7' else '8'}".replace("-", " \u2013 ")
    assert read([line]) == ({}, {1: line})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_of_any_editor(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    file = tmp_path / "codes.txt"
    file.write_bytes(f"{mark}Zoë {_code('disk')}\r\n".encode(encoding))
    assert run_inside("kit", ["doctor-codes", str(file)]) == 1
    assert "Zoë (Python 3.12, macOS): disk" in capsys.readouterr().out


def test_all_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(f"{_code()}\n{_code()}\n", tmp_path) == 0
    assert capsys.readouterr().out == "All 2 seats work.\n"


def test_the_last_code_of_a_name_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(f"Ada {_code('write')}\nAda {_code()}\n", tmp_path) == 0
    assert capsys.readouterr().out == "All 1 seats work.\n"


def test_the_folder_of_another_machine_is_not_this_ones() -> None:
    seats, _ = read([_code("write")])
    assert "Make the workspace writable" in summary(seats, {})
    assert "line 1 (" in summary(seats, {})


def test_nothing_else_matters_with_an_old_python() -> None:
    seats, _ = read([f"Ada {encode(['python', 'disk'], minor=8, platform='win32')}"])
    assert "Free" not in summary(seats, {})
    assert "Ada (Python 3.8, Windows): python" in summary(seats, {})


def test_without_loopback_no_kernel_answers_either() -> None:
    seats, _ = read([f"Ada {_code('server', 'kernel', 'proxy')}"])
    said = summary(seats, {})
    assert "Ada (Python 3.12, macOS): server" in said
    assert "proxy" in said
    assert "kernel" not in said


def test_from_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"Ada {_code()}\n"))
    assert run_inside("kit", ["doctor-codes", "-"]) == 0
    assert "work" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"\xff\xfe\x00\xd8"])
def test_no_codes(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_bytes(content)
    assert run_inside("kit", ["doctor-codes", str(tmp_path / "x")]) == 2
    assert str(tmp_path / "x") in capsys.readouterr().err


def test_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("kit", ["doctor-codes", str(tmp_path / "gone")]) == 2
    assert "cannot be read (No such file" in capsys.readouterr().err


def test_what_instructors_read() -> None:
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text)
    assert code is not None
    assert decode(code.group()).failed == ()
    assert [name for name in _codes.CHECKS if f"`{name}`" not in text] == []
