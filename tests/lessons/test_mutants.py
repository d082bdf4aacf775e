"""A right program with one small mistake does not pass: a sample of what `python3 -m course mutants` runs."""

import os
import shutil
from pathlib import Path

import pytest

import course.lessons
from course.cli import run_inside
from course.cli.test import LESSON
from course.practice import bank, lessons
from course.practice.exercise_file import FOLDER
from course.publish.mutants import EQUIVALENT, edition, equivalents, mutants_of, sample

pytestmark = pytest.mark.waits

SEED = 1
REHEARSAL = Path(__file__).parents[1] / "practice" / "lessons" / "rehearsal"
KIND = '''"""Checks that cannot fail."""

from course.practice import exercise


@exercise("weak.welcome", wants=("build_register",))
def check_welcome(bench, build_register):
    return {"address": "ada@example.org"}
'''


def exercises() -> list[str]:
    wanted = os.environ.get(LESSON)
    return [id for each in lessons() if wanted in (None, each.name) for id in each.text.exercises]


@pytest.mark.long
@pytest.mark.parametrize("size", [4, pytest.param(30, marks=pytest.mark.thorough)])
def test_no_mutant_of_the_sample_survives(size: int) -> None:
    chosen = exercises()
    count = min(size, len(chosen))  # of one lesson no more than a run of everything draws from it
    tallies = list(sample(count, SEED, chosen)) if chosen else []
    problems = [problem for tally in tallies for problem in tally.problems()]
    assert not problems, "\n".join(["sharpen the check, or record it (docs/authoring.md):", *problems])
    assert sum(len(tally.fates) for tally in tallies) >= count / 2


def plant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson with the rehearsal's programs; its only exercise is called ``weak.welcome``."""
    lesson = folder / "weak"
    shutil.copytree(REHEARSAL, lesson, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (lesson / "en.yaml", lesson / "checks.py"):
        path.write_text(path.read_text("utf-8").replace("demo.", "weak."), encoding="utf-8")
    programs = lesson / FOLDER
    (programs / "demo.welcome.py").rename(programs / "weak.welcome.py")
    monkeypatch.setattr(course.lessons, "__path__", [str(folder)])
    return lesson


def test_a_check_that_cannot_fail_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (plant(tmp_path, monkeypatch) / "checks.py").write_text(KIND, encoding="utf-8")
    (tally,) = sample(2, SEED)
    assert [fate for _, fate in tally.fates] == ["survived"] * 2
    assert len(tally.problems()) == 2


def record_all(lesson: Path, *more: str) -> int:
    """Record every mutant as right, so that none has to be run, and these ids; how many mutants there are."""
    (found,) = lessons()
    programs = bank.programs(found, "weak.welcome")
    ids = [each.id for one in programs if one.kind == "right" for each in mutants_of(one, programs)]
    text = "".join(f"    - {id}\n" for id in (*ids, *more))
    (lesson / FOLDER / EQUIVALENT).write_text(f"weak.welcome:\n  It is a test.:\n{text}", encoding="utf-8")
    return len(ids)


def test_what_is_recorded_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = plant(tmp_path, monkeypatch)
    count = record_all(lesson)
    assert run_inside("mutants", []) == 0
    heads, line, _ = capsys.readouterr().out.splitlines()
    assert heads.split() == ["exercise", "mutants", "killed", "blamed", "equivalent", "survived"]
    assert line.split() == ["weak.welcome", str(count), "0", "0", str(count), "0"]
    record_all(lesson, "0000-000000")
    assert run_inside("mutants", []) == 1
    assert "weak.welcome 0000-000000: no mutant has this id" in capsys.readouterr().out


def test_the_same_is_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_all(plant(tmp_path, monkeypatch))
    drawn = [[mutant.id for tally in sample(4, seed) for mutant, _ in tally.fates] for seed in (1, 1, 2)]
    assert len(set(drawn[0])) == 4
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [("weak.welcome: why\n", "write an exercise"), ("weak.other: {why: [a]}\n", "no exercise weak.other")],
)
def test_a_record_that_cannot_be_read_is_told(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (plant(tmp_path, monkeypatch) / FOLDER / EQUIVALENT).write_text(text, encoding="utf-8")
    assert run_inside("mutants", []) == 1
    assert said in capsys.readouterr().err


def test_an_exercise_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("mutants", ["no.such-exercise"]) == 2
    assert "no.such-exercise" in capsys.readouterr().err


def test_every_record_belongs_to_a_program_as_it_is() -> None:
    """An edit of a program makes new ids, so that its reasons are thought over again."""
    for lesson in lessons():
        for exercise, ids in equivalents(lesson).items():
            now = {edition(one) for one in bank.programs(lesson, exercise) if one.kind == "right"}
            old = {id for id in ids if id.partition("-")[0] not in now}
            assert not old, f"take them out of {lesson.name}/{FOLDER}/{EQUIVALENT}: {', '.join(old)}"
