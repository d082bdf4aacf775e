"""Each fact must notice when a library behaves in another way."""

from __future__ import annotations

import pytest

from course.facts import Fact, Measured, Seen, find, measure
from tests.facts.planted import PLANTED, UNPLANTED, after

pytestmark = pytest.mark.long


def noticed(result: Measured, raises: tuple[str, ...]) -> bool:
    """An exception is one of those that the change is known for, or the end of somebody's patience."""
    expected = any(name in result.evidence for name in ("Timeout", *raises))
    return result.verdict in ("fails", "did not end") or (result.verdict == "raised" and expected)


SAMPLE = 10
"""A run of everything plants one change of so many; the engine that notices them has tests of its own."""


@pytest.mark.parametrize(
    ("planted", "raises"),
    [
        pytest.param(*one, id=one[0].id, marks=pytest.mark.thorough if number % SAMPLE else ())
        for number, one in enumerate(PLANTED)
    ],
)
def test_a_change_is_noticed(planted: Fact, raises: tuple[str, ...]) -> None:
    (result,) = measure([planted])
    assert noticed(result, raises), f"{result.verdict}: {result.evidence}"


@pytest.mark.parametrize(
    ("verdict", "evidence", "expected"),
    [
        ("fails", "200", True),
        ("holds", "GateTimeout", False),
        ("raised", "GateTimeout: it was not opened", True),
        ("raised", "KeyError: 'name'", True),
        ("raised", "NameError: name 'gate' is not defined", False),
        ("crashed", "its process ended", False),
    ],
)
def test_an_accident_is_not_taken_for_notice(verdict: str, evidence: str, expected: bool) -> None:
    fact = find()[0]
    assert noticed(Measured(fact, verdict, evidence, 0.0), ("KeyError",)) is expected


def test_every_fact_has_noticed_something() -> None:
    reached = {planted.id.split(",")[0] for planted, _ in PLANTED}
    assert reached.isdisjoint(UNPLANTED)
    assert reached | set(UNPLANTED) == {fact.id for fact in find()}


def test_a_change_that_cannot_be_made_is_not_noticed() -> None:
    """As one of a name that a release has taken away."""

    def make() -> None:
        raise AttributeError("no such name")

    assert after(make, "B5")() == Seen(True, "the change could not be made: AttributeError('no such name')")
