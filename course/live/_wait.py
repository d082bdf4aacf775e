"""Waiting in slices: `Server.kill`, like an interrupt on some systems, cannot end a thread in a lock."""

import time
from collections.abc import Callable

_SLICE = 0.05  # seconds


def wait(for_up_to: Callable[[float], bool], timeout: float) -> bool:
    """Call `for_up_to(seconds)`, which waits and says whether it is done, until it is or the time is over."""
    deadline = time.monotonic() + timeout
    while not for_up_to(max(0.0, min(_SLICE, deadline - time.monotonic()))):
        if time.monotonic() >= deadline:
            return False
    return True
