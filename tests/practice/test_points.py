"""A check with parts goes on behind a miss, and lists every promise of the task."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from course.paths import ROOT
from course.practice import Bench, NotYet, Result
from course.practice._engine import _points
from course.practice._exercise import Point
from course.practice._learner import Learner
from course.practice.texts import ExerciseText

TEXT = ExerciseText.model_validate(
    {
        "title": "A shop",
        "promises": {"opens": "It opens.", "sells": "It sells.", "closes": "It closes.", "pays": "It pays."},
        "seen": {"opens": "The door was open."},
        "misses": {
            "shut": {"says": "The {what} was shut.", "promise": "opens"},
            "empty": {"says": "Nothing was there.", "promise": "sells"},
        },
        "passed": "Well done.",
        "hints": ["a", "b", "c"],
    }
)


def _bench(*, every_point: bool = True) -> Bench:
    bench = Bench(Learner([]))
    bench.every_point = every_point
    return bench


def _states(bench: Bench) -> dict[str, str]:
    return {point.promise: point.state for point in _points(TEXT, bench)}


def test_a_miss_ends_its_part_and_not_the_check() -> None:
    bench = _bench()
    with bench.part("opens", "pays"):
        raise NotYet("shut", what="door")
    with bench.part("closes"):
        pass
    assert _states(bench) == {
        "It opens.": "not yet",
        "It sells.": "not seen",
        "It closes.": "ok",
        "It pays.": "not seen",
    }
    assert next(_points(TEXT, bench)).seen == "The door was shut."


def test_a_promise_is_kept_only_if_every_part_about_it_has_come_to_its_end() -> None:
    bench = _bench()
    with bench.part("sells", "closes"):
        pass
    with bench.part("opens", "closes"):
        raise NotYet("shut", what="door")
    assert _states(bench)["It closes."] == "not seen"
    assert _states(bench)["It sells."] == "ok"


def test_the_catalogue_says_what_a_miss_is_about_and_else_the_part_does() -> None:
    bench = _bench()
    with bench.part("opens"):
        raise NotYet("empty")
    with bench.part("closes"):
        raise NotYet("engine.not-started")
    assert _states(bench) == {
        "It opens.": "not seen",
        "It sells.": "not yet",
        "It closes.": "not yet",
        "It pays.": "not seen",
    }


def test_the_first_miss_is_the_verdict() -> None:
    bench = _bench()
    for miss in (NotYet("shut", what="door"), NotYet("empty")):
        with bench.part("opens"):
            raise miss
    assert bench.missed[0][0].miss == "shut"


def test_who_wants_the_verdict_only_has_it_at_once() -> None:
    bench = _bench(every_point=False)
    with pytest.raises(NotYet), bench.part("opens"):
        raise NotYet("empty")


def test_a_check_without_parts_lists_nothing() -> None:
    assert _states(_bench()) == {}


def test_the_list_is_shown_and_says_nothing_twice() -> None:
    points = (
        Point("It opens.", "ok", "The `door` was open."),
        Point("It sells.", "not yet", "Nothing was there."),
    )
    result = Result("a.shop", "A shop", "not yet", "Nothing was there.", points=points)
    assert repr(result).splitlines() == [
        "Not yet: A shop",
        "  Nothing was there.",
        "  [ok] It opens.",
        "      The `door` was open.",
        "  [not yet] It sells.",
    ]
    html = result._repr_html_()
    assert "1 of 2 ok" in html
    assert '<li class="cp-ok"><strong class="cp-mark">ok</strong> It opens.<br>' in html
    assert "<br><span>The <code>door</code> was open." in html
    assert html.count("Nothing was there.") == 1


def test_bold_words_of_a_promise_stay_in_its_sentence() -> None:
    """A translation has them where English has italics: only the mark stands in a column of its own."""
    points = (Point("It opens, **also** at night.", "ok", "It did, **twice**."),)
    html = Result("a.shop", "A shop", "passed", "It sells.", points=points)._repr_html_()
    assert "It opens, <strong>also</strong> at night.<br><span>It did, <strong>twice</strong>.</span>" in html
    css = (ROOT / "course" / "practice" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"\bstrong\b", css), "it would be about every bold word"


@pytest.mark.parametrize("change", [{"seen": {"flies": "It flew."}}, {"promises": {}}])
def test_only_promises_of_the_task_are_named(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="there is no promise"):
        ExerciseText.model_validate({**TEXT.model_dump(), **change})
