"""What the engine knows of the notebook: the names it defines, its cells' headings, the last exercise."""

import json
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from course.practice._content import notebook_of
from course.practice._texts import say

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_last: list[str] = []


def namespace() -> dict[str, Any]:
    """What the notebook (or the interactive session) defines."""
    shell = _shell()
    if shell is not None:
        names: dict[str, Any] = shell.user_ns
        return names
    return vars(sys.modules["__main__"])


def unread() -> SyntaxError | None:
    """Why nothing of the cell that ran before this one ran: Python could not even read it."""
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
    """A sentence that sends the learner to ``cell`` of that lesson's notebook; ``None`` if there is none."""
    path = notebook_of(lesson)
    heading = path and _headings(path, path.stat().st_mtime_ns).get(cell)
    if not path or not heading:
        return None
    if lesson == here:
        return say("lines.look-again-here", heading=heading)
    return say("lines.look-again", heading=heading, notebook=path.name)


def title(lesson: str) -> str:
    """The title of that lesson's notebook; its name when there is no notebook."""
    path = notebook_of(lesson)
    titles = list(_headings(path, path.stat().st_mtime_ns).values()) if path else []
    return next(filter(None, titles), lesson.replace("_", " ").capitalize())


def cells(lesson: str) -> list[dict[str, Any]]:
    """The cells of that lesson's notebook; none when it is not there."""
    path = notebook_of(lesson)
    return [] if path is None else _cells(path)


def source(cell: dict[str, Any]) -> str:
    """A cell's text."""
    return "".join(cell["source"])


@lru_cache(maxsize=32)
def _headings(path: Path, _modified: int) -> dict[str, str]:
    """For each cell, the heading that it stands under."""
    headings: dict[str, str] = {}
    current = ""
    for cell in _cells(path):
        found = _HEADING.findall(source(cell)) if cell["cell_type"] == "markdown" else []
        headings[cell.get("id", "")] = found[0] if found else current
        current = found[-1] if found else current
    return headings


def _cells(path: Path) -> list[dict[str, Any]]:
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    listed: list[dict[str, Any]] = notebook["cells"]
    return listed
