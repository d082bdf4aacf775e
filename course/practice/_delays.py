"""Delays at random where a check and a program meet, so that whoever depends on a good moment is found out.

A verdict that rests on causes is the same with and without them. ``course stress`` asks for them, through an
environment variable that the process of a check inherits.
"""

import asyncio.base_events
import functools
import os
import random
import sqlite3
import threading
from collections.abc import Callable
from time import sleep
from typing import Any

from course.live import Gate, Inbox
from course.practice._bench import Spy

VARIABLE = "COURSE_STRESS"
"""What the delays of a check are drawn from: the same text gives the same ones at each place."""

_OFTEN, _SELDOM = 0.3, 0.05
_LONGEST = 0.08  # seconds; longer than a look of the bench
_MOST = 25  # who polls would do nothing else


def inject() -> None:
    """Delay what happens in this process from now on, if the variable says so."""
    seed = os.environ.get(VARIABLE)
    if seed is None:
        return
    before, after = functools.partial(_delay, seed, "before"), functools.partial(_delay, seed, "after")
    _wrap(threading.Thread, "run", before(_OFTEN))
    _wrap(asyncio.base_events.BaseEventLoop, "_run_once", before(_SELDOM))
    _wrap(Gate, "open", before(_OFTEN), after(_OFTEN))
    _wrap(Spy, "_note", before(_OFTEN), after(_OFTEN))
    _wrap(Inbox, "wait_for", before(_OFTEN), after(_OFTEN))
    _wrap(sqlite3, "connect", before(_OFTEN))
    _wrap(sqlite3.dbapi2, "connect", before(_OFTEN))


def _delay(seed: str, place: str, share: float) -> Callable[[], None]:
    """What waits for up to ``_LONGEST`` seconds in this share of its calls, ``_MOST`` times at most."""
    numbers, left = random.Random(f"{seed} {place} {share}"), iter(range(_MOST))

    def pause() -> None:
        if numbers.random() < share and next(left, None) is not None:
            sleep(numbers.uniform(0, _LONGEST))

    return pause


def _wrap(
    owner: Any, name: str, before: Callable[[], None], after: Callable[[], None] = lambda: None
) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def delayed(*args: Any, **kwargs: Any) -> Any:
        before()
        try:
            return original(*args, **kwargs)
        finally:
            after()

    # A thread that the bench ends is known by the name of what it runs.
    delayed.__code__ = delayed.__code__.replace(co_name=original.__name__)  # type: ignore[attr-defined]
    setattr(owner, name, delayed)
