"""What the tests of the bench share."""

import threading

import pytest

_before: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def remember_what_runs() -> None:
    """A program of an earlier test that could not be ended is none of ours."""
    _before.clear()
    _before.update(threading.enumerate())


def new_threads() -> set[threading.Thread]:
    """Those that were not there when the test began."""
    return set(threading.enumerate()) - _before
