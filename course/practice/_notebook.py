"""What the engine knows about the notebook: its names, its cells, what has run, the last exercise."""

import itertools
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from course import notebook
from course.notebook import Unreadable, headings, read_raw
from course.practice.texts import notebook_of
from course.words import say, translated, width

_last: list[str] = []
_unread: dict[str, SyntaxError | None] = {}
"""What kept Python from reading a cell when it ran last, by the cell's id, if the front end sends it."""


def namespace() -> dict[str, Any]:
    """What the notebook (or the interactive session) defines."""
    shell = _shell()
    if shell is not None:
        names: dict[str, Any] = shell.user_ns
        return names
    return vars(sys.modules["__main__"])


def unread(exercise: str, lesson: str) -> SyntaxError | None:
    """The syntax error of the cell before this one, or of the exercise's own cell: nothing of it ran."""
    last = getattr(_shell(), "last_execution_result", None)
    return _syntax_error(last) or _unread.get(_cell_of_exercise(exercise, lesson))


def _syntax_error(result: Any) -> SyntaxError | None:
    error = getattr(result, "error_before_exec", None)
    return error if isinstance(error, SyntaxError) else None


def _cell_of_exercise(exercise: str, lesson: str) -> str:
    """The id of the cell in which an exercise starts; empty when it is not known."""
    for cell in _cells_of(lesson):
        if notebook.course_metadata(cell).get("exercise") == exercise:
            return str(cell.get("id", ""))
    return ""


def place_of_exercise(exercise: str, lesson: str) -> str:
    """The file and the cell in which an exercise starts, for a link; empty when they are not known."""
    path, cell = notebook_of(lesson), _cell_of_exercise(exercise, lesson)
    return f"{path.name}#cell-id={cell}" if path and cell else ""


def objectives(lesson: str) -> tuple[str, ...]:
    """What the learner can do after that lesson; nothing when its notebook cannot be read."""
    path = notebook_of(lesson)
    try:
        said = notebook.course_metadata(read_raw(path)) if path else {}
    except Unreadable:
        return ()
    return tuple(translated(str(each), lesson) for each in said.get("objectives", ()))


def listen() -> None:
    """Note from now on which cells run."""
    shell = _shell()
    if shell is not None:
        shell.events.register("post_run_cell", _note)


def _note(result: Any) -> None:
    id = getattr(result.info, "cell_id", None)
    if id:
        _unread[id] = _syntax_error(result)


def not_run_before(call: str, id: str, lesson: str) -> str | None:
    """The first line of the cell before the one that is ``call(id)``, if it has not run in this kernel.

    ``None`` also when nobody can know: the front end sends no ids, or a cell of the learner's own has run.
    """
    cells = [cell for cell in _cells_of(lesson) if cell["cell_type"] == "code"]
    ids = [cell.get("id") for cell in cells]
    if not _unread or not set(_unread) <= set(ids):
        return None
    for before, cell in itertools.pairwise(cells):
        if notebook.called_with(cell) == (call, id):
            return None if before.get("id") in _unread else notebook.source(before).partition("\n")[0]
    return None


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
        heading = translated(_headings_of(path).get(cell, ""), lesson)
    except Unreadable as error:
        return str(error)
    if not path or not heading:
        return None
    start = next(_start(each, lesson) for each in _cells_of(lesson) if each.get("id") == cell)
    link = link_to(path, cell, f"“{heading}”")
    if lesson == here:
        return say("Worth another look: {link}, the cell that begins with {start}.", link=link, start=start)
    return say(
        "Worth another look: {link} in {notebook}, the cell that begins with {start}.",
        link=link,
        notebook=path.name,
        start=start,
    )


def link_to(path: Path, cell: str, words: str) -> str:
    """Markup that shows these words, and leads to a cell of a notebook."""
    return f"[{words}]({path.name}#cell-id={cell})"


_START = 48
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+")


def _start(cell: notebook.Node, lesson: str) -> str:
    """The first words of a cell's first line, as markup."""
    lines = [line.strip() for line in notebook.source(cell).splitlines()]
    if cell["cell_type"] == "code":
        line = next((line for line in lines if line and not line.startswith(("from ", "import "))), "")
        return f"`{_cut(line)}`"
    prose = (line for line in lines if line and not line.startswith(("#", "<", "|", "```")))
    line = next(prose, "")
    words = _ITEM.sub("", line)
    shown = line.removesuffix(words) + translated(words, lesson)
    return f"“{_cut(re.sub('[*`]', '', shown))}”"


def _cut(line: str) -> str:
    """What fits of it: whole words, or characters in a language that puts no spaces between words."""
    start = line
    while width(start) > _START:
        start = start[:-1]
    if start == line:
        return line
    words = start.rpartition(" ")[0]
    return f"{words} …" if len(words) > len(start) / 2 else f"{start}…"


def title(lesson: str) -> tuple[str, str | None]:
    """The title of that lesson's notebook, and what is wrong with the file if it cannot be read.

    The lesson's name stands in for a title that cannot be read.
    """
    name = lesson.replace("_", " ").capitalize()
    try:
        found = next(filter(None, _headings_of(notebook_of(lesson)).values()), name)
        return translated(found, lesson), None
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


def _cells_of(lesson: str) -> list[Any]:
    """The cells of a lesson's notebook as the course brings it; none when there is none that can be read."""
    path = notebook_of(lesson)
    try:
        return [] if path is None else _cells(path, path.stat().st_mtime_ns)
    except Unreadable:
        return []


@lru_cache(maxsize=32)
def _cells(path: Path, _modified: int) -> list[Any]:
    return notebook.cells(read_raw(path))
