"""The instructor's commands: their options, their files, and what they say when something is wrong."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from course.cli import _commands, kit, main, run_inside
from course.cli.kit import PARTS
from course.publish import solve


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_help(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["kit", part, "--help"])
    assert stop.value.code == 0
    assert f"usage: python3 -m course kit {part}" in capsys.readouterr().out


def test_numbers_and_ranges() -> None:
    assert kit.lesson_numbers("00-02, 07") == {0, 1, 2, 7}
    for slip in ("", "a", "3-1", "1,,2", "-4"):
        with pytest.raises(argparse.ArgumentTypeError):
            kit.lesson_numbers(slip)


@pytest.mark.parametrize(
    "argv",
    [
        ["plan"],
        ["plan", "--slots", "90,x"],
        ["plan", "--slots", "-5"],
        ["plan", "--slots", "90", "--start", "24:00"],
        ["plan", "--slots", "90", "--date", "tomorrow"],
    ],
)
def test_slips_are_told_before_anything_is_done(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        _commands.parse("kit", argv)
    assert stop.value.code == 2


def test_plan_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "of" / "mine"
    argv = ["plan", "--slots", "90,90", "--break", "20", "--start", "13:30", "--date", "2030-01-31"]
    assert run_inside("kit", [*argv, "--arrival", "0", "--out", str(out)]) == 1, "lessons are left out"
    said = capsys.readouterr().out
    assert said.startswith(
        "After the Response, 2030-01-31\nAgenda: 13:30 to 16:50, 180 minutes of work in 2 slots"
    )
    assert "This does not fit" in said
    assert "DTSTART:20300131T133000" in (out / "agenda.ics").read_text("utf-8")
    assert "13:30–13:40" in (out / "agenda.html").read_text("utf-8")


def test_plan_uses_what_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["plan", "--slots", "90", "--lessons", "00", "--out", str(tmp_path)]
    head = "learner,lesson,exercise,planned_minutes,measured_minutes,failed_checks,passed\n"
    rows = "1,start_here,,15,30.0,0,1\n1,start_here,start.ping,,9.0,0,1\n2,start_here,,15,34.0,0,1\n"
    (tmp_path / "timings.csv").write_text(head + rows, encoding="utf-8")
    assert run_inside("kit", argv) == 0
    said = capsys.readouterr().out
    assert "Arrival" in said
    assert "Everything fits: 32 of 80 minutes are planned." in said
    assert f"Minutes of 1 lessons are those measured, from {tmp_path / 'timings.csv'}." in said
    (tmp_path / "timings.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert run_inside("kit", argv) == 2
    assert "is not what kit timings writes" in capsys.readouterr().err


@pytest.mark.parametrize("slip", ["31.1.2030", "20300131", "2030-13-01", "2030-02-30", "tomorrow"])
def test_a_date_that_is_none_gets_an_example(slip: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _commands.parse("kit", ["plan", "--slots", "90", "--date", slip])
    assert "2030-01-31" in capsys.readouterr().err.splitlines()[-1]


def test_a_time_zone_that_is_none_gets_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _commands.parse("kit", ["plan", "--slots", "90", "--zone", "Europe/Berlon"])
    assert "write it like Europe/Berlin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--slots", "90", "--arrival", "90"], "Arrival takes 90 minutes"),
        (["--slots", "90", "--lessons", "01,77"], "There is no lesson 77 in notebooks. There are: 00, 01"),
        (["--slots", "0", "--arrival", "0"], "each slot some minutes"),
        (["--slots", "60,60,60", "--break", "5,5,5"], "3 slots have 2 breaks between them; 3 were given."),
    ],
)
def test_plan_says_what_is_wrong(
    argv: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_inside("kit", ["plan", *argv, "--out", str(tmp_path / "out")]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("no_pages")
def test_build_says_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "kit"
    assert run_inside("kit", ["build", "--lessons", "00", "--out", str(out)]) == 0
    assert f"Lessons built: 1; files: 7. Open {out / 'index.html'}" in capsys.readouterr().out
    assert (out / "student" / "00_start_here.ipynb").is_file()


@pytest.mark.usefixtures("no_pages")
def test_build_fails_when_an_answer_would_be_given_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.publish.kit.editions.student", solve)
    assert run_inside("kit", ["build", "--lessons", "00", "--out", str(tmp_path)]) == 1
    assert "The reference answer of start.ping is in student/" in capsys.readouterr().err


def test_build_of_a_lesson_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("kit", ["build", "--lessons", "44", "--out", str(tmp_path / "kit")]) == 2
    assert "There is no lesson 44" in capsys.readouterr().err
    assert not (tmp_path / "kit").exists()


def test_timings_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = '{{"v":1,"at":"2030-01-01T09:{0}:00Z","kind":"check","id":"start.ping","state":"passed"}}\n'
    journal = tmp_path / "Ada.jsonl"
    journal.write_text(entry.format("00") + entry.format("07") + "{torn", encoding="utf-8")
    out = tmp_path / "out"
    assert run_inside("kit", ["timings", str(journal), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "00 · Start here   15 min     7 min" in said.out
    assert "1 of its lines cannot be read" in said.err
    assert "learner 1,start_here,,15,7.0,0,1" in (out / "timings.csv").read_text("utf-8")
    assert (out / "timings.svg").read_text("utf-8").startswith("<svg")


def test_timings_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "torn.jsonl").write_bytes(b"\xff\xfe{")
    argv = ["timings", str(tmp_path / "torn.jsonl"), str(tmp_path / "none"), "--out", str(tmp_path / "out")]
    assert run_inside("kit", argv) == 1
    said = capsys.readouterr()
    assert said.out == "There is nothing to measure in these files.\n"
    assert len(said.err.splitlines()) == 2
    assert not (tmp_path / "out").exists()


def test_attendance_has_a_page_for_each_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = tmp_path / "names.txt"
    names.write_bytes("\ufeff# class\r\nAda Lovelace\r\nZoë <b> # late\r\n".encode("utf-16-le"))
    argv = ["attendance", str(names), "--by", "Grace Hopper", "--lessons", "00,01", "--date", "2030-01-31"]
    assert run_inside("kit", [*argv, "--place", "Room 7", "--out", str(tmp_path)]) == 0
    assert "Certificates: 2." in capsys.readouterr().out
    html = (tmp_path / "attendance.html").read_text("utf-8")
    assert re.findall(r"<h1>(.*)</h1>", html) == ["Ada Lovelace", "Zoë &lt;b&gt;"]
    assert html.count("2030-01-31, Room 7") == html.count(">Grace Hopper<") == 2
    assert html.count("<li>01 · After the response</li>") == 2


@pytest.mark.parametrize("content", [b"", b"# nobody\n", b"\xff\xfe\x00\xd8", None])
def test_attendance_of_nobody(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "names").write_bytes(content)
    argv = ["attendance", str(tmp_path / "names"), "--by", "G", "--out", str(tmp_path / "out")]
    assert run_inside("kit", argv) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "out").exists()
