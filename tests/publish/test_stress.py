"""`course stress` finds a check whose verdict depends on a good moment."""

import shutil
from pathlib import Path

import pytest

import course.lessons
from course.cli import run_inside
from course.practice.exercise_file import FOLDER
from course.publish import stress

REHEARSAL = Path(__file__).parents[1] / "practice" / "lessons" / "rehearsal"
HASTY = '''"""A check that looks once, a moment after it has begun."""

import threading

from course.practice import NotYet, exercise


@exercise("hasty.welcome", wants=("build_register",))
def check_welcome(bench, build_register):
    seen = threading.Event()
    bench.call(build_register, bench.spy("send_welcome"))
    threading.Thread(target=seen.set).start()
    if not seen.wait(0.001):
        raise NotYet("too-soon")
    return {"address": "ada@example.org"}
'''


def plant(folder: Path, monkeypatch: pytest.MonkeyPatch, checks: str | None) -> None:
    """A lesson with the rehearsal's programs; its only exercise is called ``hasty.welcome``."""
    lesson = folder / "hasty"
    shutil.copytree(REHEARSAL, lesson, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (lesson / "en.yaml", lesson / "checks.py"):
        path.write_text(path.read_text("utf-8").replace("demo.", "hasty."), encoding="utf-8")
    (lesson / FOLDER / "demo.welcome.py").rename(lesson / FOLDER / "hasty.welcome.py")
    if checks is not None:
        (lesson / "checks.py").write_text(checks, encoding="utf-8")
    monkeypatch.setattr(course.lessons, "__path__", [str(folder)])
    monkeypatch.setattr(stress, "BUSY", 0)  # these tests have company


def test_a_check_that_depends_on_a_good_moment_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path, monkeypatch, HASTY)
    assert run_inside("stress", ["--rounds", "4", "--seed", "3"]) == 1
    out = capsys.readouterr().out
    assert "hasty.welcome right_reference:" in out
    assert "COURSE_STRESS='3." in out


@pytest.mark.thorough
def test_a_check_that_waits_for_what_it_wants_says_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(tmp_path, monkeypatch, None)
    assert run_inside("stress", ["--wrong"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    name, checks, refused = last.split()
    assert (name, refused) == ("together", "0")
    assert int(checks) > 0


def test_an_exercise_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("stress", ["no.such-exercise"]) == 2
    assert "no.such-exercise" in capsys.readouterr().err
