"""The rule of thumb says what it advises, and why, in the learner's language."""

from typing import Any

import pytest

from course.lessons.beyond_one_process.choose import choose

WORK: dict[str, dict[str, Any]] = {
    "BackgroundTasks": {"may_be_lost": True, "seconds": 0.5},
    "queue in the lifespan": {"may_be_lost": True, "seconds": 0.5, "in_order": True},
    "process pool": {"may_be_lost": True, "seconds": 5, "kind": "computes"},
    "outbox": {"may_be_lost": False, "seconds": 3},
    "durable engine on SQLite": {"may_be_lost": False, "seconds": 3, "steps": 3},
    "durable engine on PostgreSQL": {"may_be_lost": False, "seconds": 3, "steps": 3, "machines": 2},
    "queue with its own workers, or an outbox in PostgreSQL": {
        "may_be_lost": False,
        "seconds": 3,
        "machines": 2,
    },
}


@pytest.mark.parametrize("tool", WORK)
def test_the_smallest_tool_and_its_reasons(tool: str) -> None:
    choice = choose(**WORK[tool])
    assert choice.tool == tool
    first, *reasons = repr(choice).splitlines()
    assert first == tool
    assert [line.startswith("  because ") for line in reasons] == [True] * len(choice.because)


@pytest.mark.parametrize("in_order", [False, True])
def test_work_that_outlasts_a_shutdown_is_kept(in_order: bool) -> None:
    assert repr(choose(may_be_lost=True, seconds=40, in_order=in_order)).startswith(
        "outbox\n  because 40 s outlast a shutdown\n"
    )


@pytest.mark.parametrize(
    "work", [{"may_be_lost": False, "seconds": 0.5}, {"may_be_lost": True, "seconds": 40}]
)
def test_an_outbox_keeps_the_order_only_of_what_does_not_fail(work: dict[str, Any]) -> None:
    assert "overtaken" in repr(choose(**work, in_order=True))
    assert "overtaken" not in repr(choose(**work))


def test_what_computes_longer_than_a_shutdown_waits_is_lost_often() -> None:
    assert "every deployment" in repr(choose(may_be_lost=True, seconds=40, kind="computes"))


def test_a_shutdown_waits_as_long_as_kubernetes() -> None:
    assert choose(may_be_lost=True, seconds=12).tool == "BackgroundTasks"


def test_computing_a_moment_needs_no_process() -> None:
    choice = choose(may_be_lost=True, seconds=0.001, kind="computes")
    assert choice.tool == "BackgroundTasks"
    assert "compute" not in repr(choice)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("tool", WORK)
def test_each_line_is_in_the_learners_language(tool: str) -> None:
    lines = repr(choose(**WORK[tool])).splitlines()
    assert [line for line in lines if "⟦" not in line and line != "BackgroundTasks"] == []
