"""What the tests of the bench share."""

import threading

import pytest

_before: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def remember_what_runs() -> None:
    """A program that an earlier test could not end does not count."""
    _before.clear()
    _before.update(threading.enumerate())


def new_threads() -> set[threading.Thread]:
    """Those that were not there when the test began."""
    return set(threading.enumerate()) - _before
