"""After the Response: a hands-on course on background work in FastAPI.

Everything that a lesson imports is listed here, on one screen. Names are loaded on first use, because
``python -m course`` imports this module before any package is installed (and on Pythons too old to run the
course, to say so): keep it to syntax that Python 3.6 can parse. Python 2 cannot, and shows the line at which
it stops, with the remedy.
"""

import importlib
from typing import Any

_HOME = {
    # the seat
    "doctor": "course.seat",
    # the lab bench
    "serve": "course.live",
    "mark": "course.live",
    "Gate": "course.live",
    "FileGate": "course.live",
    "launch": "course.live",
    "Inbox": "course.live",
    "faster": "course.live",
    "show_source": "course.live",
    "OtherKernel": "course.live",
    "run_tests": "course.live.testing",
    # practice
    "check": "course.practice",
    "hint": "course.practice",
    "solution": "course.practice",
    "quiz": "course.practice",
    "predict": "course.practice",
    "compare": "course.practice",
    "answer": "course.practice",
    "warm_up": "course.practice",
    "progress": "course.practice",
    "certificate": "course.practice",
    "____": "course.practice",
    # a class
    "join": "course.classroom",
    "leave": "course.classroom",
    "raise_hand": "course.classroom",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:  # SyntaxError? This is Python 2. Run: python3 -m course start
    try:
        home = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'course' has no attribute {name!r}") from None
    return getattr(importlib.import_module(home), name)


def __dir__() -> "list[str]":
    return sorted([*globals(), *_HOME])
