"""What the engine knows about the notebook: the names it defines, its headings, the last exercise."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from course.notebook import Unreadable, headings, read_raw
from course.practice.texts import notebook_of
from course.words import say

_last: list[str] = []


def namespace() -> dict[str, Any]:
    """What the notebook (or the interactive session) defines."""
    shell = _shell()
    if shell is not None:
        names: dict[str, Any] = shell.user_ns
        return names
    return vars(sys.modules["__main__"])


def unread() -> SyntaxError | None:
    """The syntax error of the cell before this one, if it had one: then nothing of that cell ran."""
    last = getattr(_shell(), "last_execution_result", None)
    error = getattr(last, "error_before_exec", None)
    return error if isinstance(error, SyntaxError) else None


def in_a_kernel() -> bool:
    """Whether this is the kernel of a notebook."""
    return getattr(_shell(), "kernel", None) is not None


def _shell() -> Any:
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def remember(id: str) -> None:
    """Note the exercise that the learner is at."""
    _last[:] = [id]


def last_exercise() -> str | None:
    """The exercise that the learner was at last, in this kernel."""
    return _last[0] if _last else None


def pointer(lesson: str, cell: str, *, here: str | None) -> str | None:
    """A sentence that sends the learner to ``cell`` of that lesson's notebook; ``None`` if there is none.

    When the notebook cannot be read, the sentence says so, and what to do.
    """
    path = notebook_of(lesson)
    try:
        heading = _headings_of(path).get(cell)
    except Unreadable as error:
        return str(error)
    if not path or not heading:
        return None
    if lesson == here:
        return say("Worth another look: “{heading}”, in this notebook.", heading=heading)
    return say("Worth another look: “{heading}” in {notebook}.", heading=heading, notebook=path.name)


def title(lesson: str) -> tuple[str, str | None]:
    """The title of that lesson's notebook, and what is wrong with the file if it cannot be read.

    The lesson's name stands in for a title that cannot be read.
    """
    name = lesson.replace("_", " ").capitalize()
    try:
        return next(filter(None, _headings_of(notebook_of(lesson)).values()), name), None
    except Unreadable as error:
        return name, str(error)


def _headings_of(path: Path | None) -> dict[str, str]:
    """For each cell of a notebook the heading that it stands under; none when there is no notebook.

    Raises:
        Unreadable: the file is not a notebook.
    """
    return {} if path is None else _headings(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _headings(path: Path, _modified: int) -> dict[str, str]:
    return headings(read_raw(path))
