"""The clocks of the capstone's shops, which go on by what a shop has paused."""

import time
from unittest.mock import ANY

from course.lessons.capstone.mutants import clocks_with_pauses


def test_what_equals_everything_is_no_clock() -> None:
    """Whoever writes tests has `ANY` among the names of the notebook."""
    clock = time.monotonic
    names = {"ANY": ANY, "clock": clock}
    with clocks_with_pauses(names):
        assert names["ANY"] is ANY
        assert names["clock"] is not clock
    assert names["clock"] is clock
