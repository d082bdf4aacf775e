"""A seat's part in a class: it joins if it was told to, and sends while JupyterLab runs.

Packages are imported only at a seat that is in a class, so that the others start as quickly as before.
"""

from __future__ import annotations

import os
import threading

from course.paths import workspace

VARIABLE = "COURSE_CLASS"
"""Holds the words of a class, for all seats of a server. Each joins once, by the name at the hub."""
_LOOK = 2.0
"""Seconds between two looks whether this seat has joined a class."""


def take_part(words: str | None) -> None:
    """Join the class, if there are words, and send from now on. No board that does not answer stops it."""
    if words is None and not _member():
        words = os.environ.get(VARIABLE) or None
    if words is not None:
        from course.classroom import join

        print(join(words, os.environ.get("JUPYTERHUB_USER", "")), flush=True)
    threading.Thread(target=_send_once_a_member, name="class", daemon=True).start()


def _member() -> bool:
    return (workspace() / ".course" / "class.json").exists()


def _send_once_a_member() -> None:
    never = threading.Event()
    while not _member():
        never.wait(_LOOK)
    from course.classroom import keep_sending

    keep_sending()
