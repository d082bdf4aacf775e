"""A seat's part in a class: it joins if it was told to, and sends while JupyterLab runs.

Packages are imported only at a seat that is in a class, so that the others start as quickly as before.
"""

from __future__ import annotations

import os
import random
import threading

from course.paths import CLASS_VARIABLE, workspace

_LOOK = 2.0
"""Seconds between two looks whether this seat has joined a class."""
_AGAIN = 10.0
"""Seconds, about, until a board that did not answer is asked again."""


def take_part(words: str | None) -> None:
    """Join the class, if there are words, and send from now on. No board that does not answer stops it.

    Without words it is the class of the server, if there is one, until the learner leaves it.
    """
    if words is not None:
        from course.classroom import join

        print(join(words), flush=True)
    unasked = words is None and bool(os.environ.get(CLASS_VARIABLE))
    threading.Thread(target=_send_once_a_member, args=(unasked,), name="class", daemon=True).start()


def _send_once_a_member(unasked: bool) -> None:
    never = threading.Event()
    while unasked and _cannot_join_yet():
        never.wait(_AGAIN * random.uniform(0.5, 1.5))
    while not (workspace() / ".course" / "class.json").exists():
        never.wait(_LOOK)
    from course.classroom import keep_sending

    keep_sending()


def _cannot_join_yet() -> bool:
    from course.classroom.learner import join_unasked

    return join_unasked()
