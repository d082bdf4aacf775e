"""What a notebook shows of the class: a line that keeps up to date, with the hand and the timer."""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from IPython.display import display

from course.classroom.outbox import LOOK, Membership, Outbox
from course.words import say


class Desk(anywidget.AnyWidget):
    """The learner's line. Text stands in its place where there are no widgets."""

    _esm = Path(__file__).with_name("desk.js")

    said: Any = traitlets.Unicode("").tag(sync=True)
    timer: Any = traitlets.Unicode("").tag(sync=True)
    """What stands before the minutes that are left."""
    left: Any = traitlets.Float(None, allow_none=True).tag(sync=True)
    """Seconds."""


_desks: weakref.WeakSet[Desk] = weakref.WeakSet()
_watching: list[threading.Thread] = []


def show(text: str, box: Outbox) -> None:
    """Show a sentence, and below it the line that keeps up to date."""
    desk = Desk(said=standing(box.membership()), timer=say("Time left:"))
    _desks.add(desk)
    bundle = desk._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    display({"text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
    display({**(data or {}), "text/plain": desk.said}, raw=True)  # type: ignore[no-untyped-call]
    if not _watching:
        _watching.append(threading.Thread(target=_watch, args=(box,), name="class desk", daemon=True))
        _watching[0].start()


def standing(found: Membership | None) -> str:
    """How a learner stands with the class, in a sentence."""
    if found is None or found.leaving:
        return say("You are in no class.")
    if found.problem is not None:
        return say(
            "{name}: {problem} Nothing is lost, it is sent later.", name=found.name, problem=found.problem
        )
    if found.hand and found.status.hand == "coming":
        return say("{name}: your instructor is coming.", name=found.name)
    if found.hand:
        return say("{name}: your hand is up.", name=found.name)
    return say("{name}: you are in the class “{class_name}”.", name=found.name, class_name=found.class_name)


def _watch(box: Outbox) -> None:
    seen = None
    while True:
        found = box.membership()
        if found != seen:
            seen = found
            for desk in list(_desks):
                with contextlib.suppress(Exception):  # its notebook is gone
                    desk.said, desk.left = standing(found), _left(found)
        time.sleep(LOOK)


def _left(found: Membership | None) -> float | None:
    if found is None or found.status.timer is None:
        return None
    return max(0.0, found.status.timer - (time.time() - found.status_at))
