"""The figures: that each is named, printed and judged. The numbers themselves are not tested."""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator

import pytest

from course.cli import figures, run_inside
from course.cli.figures import Figure, Value
from course.publish import GateRun, Stability
from course.publish._gate import CellId


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    def good(_: argparse.Namespace) -> Iterator[Value]:
        yield Value("second start", 1.0714, "s", goal=3)

    def bad(args: argparse.Namespace) -> Iterator[Value]:
        yield Value("failures", args.runs, "", goal=0)

    table = {"good": Figure("good one", "1 s", good), "bad": Figure("bad one", "1 s", bad)}
    monkeypatch.setattr(figures, "_figures", lambda: table)


def test_chosen_figures(fakes: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("figures", ["good"]) == 0
    said = capsys.readouterr().out
    assert said == "second start: 1.071 s  (goal: at most 3 s)\n"


def test_all_figures_and_a_missed_goal(fakes: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("figures", ["--json", "--runs", "2"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["figure"], line["value"]) for line in lines] == [("good", 1.0714), ("bad", 2)]


def test_a_name_that_does_not_exist(fakes: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("figures", ["size"]) == 2
    assert "good one" in capsys.readouterr().out


def test_failures_under_load_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = CellId("notebooks/00_a.ipynb", "shipped", "one")
    failed = GateRun(1, 1.0, {cell: "FAILED"}, "")
    monkeypatch.setattr("course.publish.stability", lambda runs: Stability((failed,) * runs))
    values = list(figures.load(argparse.Namespace(runs=3)))
    assert [value.value for value in values] == [3, 3, 3]
    assert str(values[-1]).startswith(
        "runs in which this failed: notebooks/00_a.ipynb (shipped), cell one: 3"
    )


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("figures", ["--list"]) == 0
    assert "second-start" in capsys.readouterr().out


def test_results_of_pytest_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"planted faults: 78 caught of 79\n1 failed, 12 passed in 3.2s\n"
    done = subprocess.CompletedProcess([], 1, said, b"")
    monkeypatch.setattr(figures.subprocess, "run", lambda *_, **__: done)
    args = argparse.Namespace(runs=3)
    assert [value.value for value in figures.faults(args)] == [79, 78, 1]
    assert "(12 cells passed)" in next(figures.notebooks(args)).what
