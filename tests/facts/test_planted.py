"""Each fact must notice when a library behaves in another way."""

from __future__ import annotations

import pytest

from course.facts import Fact, Seen, find, measure
from tests.facts.planted import PLANTED, UNPLANTED, after

# They share a server that forks, and what it has imported.
pytestmark = [pytest.mark.xdist_group("facts"), pytest.mark.long]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.id)
def test_a_change_is_noticed(planted: Fact) -> None:
    (result,) = measure([planted])
    assert result.verdict != "holds", result.evidence


def test_every_fact_has_noticed_something() -> None:
    reached = {planted.id.split(",")[0] for planted in PLANTED}
    assert reached.isdisjoint(UNPLANTED)
    assert reached | set(UNPLANTED) == {fact.id for fact in find()}


def test_a_change_that_cannot_be_made_is_not_noticed() -> None:
    """As one of a name that a release has taken away."""

    def make() -> None:
        raise AttributeError("no such name")

    assert after(make, "B5")() == Seen(True, "the change could not be made: AttributeError('no such name')")
