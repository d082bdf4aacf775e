"""The file of an exercise: its starter, right programs and wrong ones, each in a percent cell of its own.

``course/lessons/<lesson>/exercises/<id>.py`` is plain Python that an editor folds, runs and formats cell by
cell. Comments for authors may stand at its top; then each program follows the header that names it::

    # %% prelude                                          what earlier cells define, for this exercise alone
    # %% starter                                          exactly the text of the exercise's cell
    # %% right reference                                  what ``solution`` shows
    # %% right on_the_response                            another way that is right
    # %% wrong inline gets before-response                the miss that its check must give
    # %% wrong late gets before-response breaks in-time   and the promise of the task that it breaks

A program ends where the next header begins. What earlier cells define for every exercise of the lesson is in
``exercises/prelude.py``.
"""

import ast
import itertools
import linecache
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType

from course.practice.texts import ContentError

FOLDER = "exercises"
"""The folder of a lesson that holds its exercises' files."""

_PRELUDE = "prelude"
_CELL = re.compile(r"\s*#\s*%%")
"""A line that one editor or another takes for the beginning of a cell."""

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_HEADER = re.compile(
    r"# %% (?:(?P<kind>prelude|starter)"
    r"|right (?P<right>[a-z0-9_]+)"
    rf"|wrong (?P<wrong>[a-z0-9_]+) gets (?P<gets>(?:engine\.)?{_NAME})(?: breaks (?P<breaks>{_NAME}))?)"
)
_FORMS = "`# %% starter`, `# %% right <name>` or `# %% wrong <name> gets <miss>`"


@dataclass(frozen=True)
class ProgramText:
    """One program of an exercise as its file has it."""

    path: Path
    """The exercise's file."""
    line: int
    """The line of its header in that file."""
    name: str
    """``prelude``, ``starter``, ``right_…`` or ``wrong_…``."""
    source: str
    """The program, and nothing else."""
    gets: str | None = None
    """The miss that a wrong program must get."""
    breaks: str | None = None
    """The promise of the task that a wrong program breaks, if it breaks a single one."""

    @property
    def kind(self) -> str:
        """``prelude``, ``starter``, ``right`` or ``wrong``."""
        return self.name.partition("_")[0]

    def code(self) -> CodeType:
        """The compiled program, under a file name of its own that tracebacks and ``inspect`` find again."""
        filename = f"{self.path}[{self.name}]"
        lines = self.source.splitlines(keepends=True)
        linecache.cache[filename] = (len(self.source), None, lines, filename)  # without a time: kept as it is
        return compile(self.source, filename, "exec")


def prelude_of(folder: Path) -> Path:
    """Where a lesson's prelude is, if it has one; ``folder`` is the lesson's."""
    return folder / FOLDER / f"{_PRELUDE}.py"


def path_of(folder: Path, exercise: str) -> Path:
    """Where the file of that exercise is, if it has one; ``folder`` is the lesson's."""
    return folder / FOLDER / f"{exercise}.py"


def exercises_in(folder: Path) -> list[str]:
    """The ids of the exercises that have a file; ``folder`` is the lesson's."""
    return sorted(path.stem for path in (folder / FOLDER).glob("*.*.py"))


def program_texts(folder: Path, exercise: str) -> dict[str, ProgramText]:
    """The programs of an exercise by name, in the order of its file; ``folder`` is the lesson's.

    Raises:
        ContentError: there is no such file, or it does not keep to the format.
    """
    path = path_of(folder, exercise)
    if not path.is_file():
        raise ContentError(
            f"{_where(path)}: is missing: `python3 -m course new exercise {exercise}` begins it"
        )
    return dict(_read(path, path.stat().st_mtime_ns))


def source_of(folder: Path, exercise: str, name: str) -> str:
    """The text of one program of an exercise, such as ``right_reference``; ``folder`` is the lesson's.

    Raises:
        ContentError: there is no such program or no such file, or the file does not keep to the format.
    """
    texts = program_texts(folder, exercise)
    if name not in texts:
        header = f"# %% {name.replace('_', ' ', 1)}"
        raise ContentError(f"{_where(path_of(folder, exercise))}: has no `{header}`: write that program")
    return texts[name].source


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int) -> dict[str, ProgramText]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise ContentError(f"{_where(path)}: is not UTF-8: save it in that encoding") from None
    texts: dict[str, ProgramText] = {}
    for text in _cells(path, lines):
        if text.name in texts:
            first = texts[text.name].line
            raise _fault(path, text.line, f"has the name of the one in line {first}: rename one of the two")
        texts[text.name] = text
    if not texts:
        raise ContentError(f"{_where(path)}: has no program: begin each with a header, {_FORMS}")
    return texts


def _cells(path: Path, lines: list[str]) -> Iterator[ProgramText]:
    """Each program with what its header says."""
    starts = [number for number, line in enumerate(lines) if _CELL.match(line)]
    for number, line in enumerate(lines[: starts[0] if starts else None]):
        if line.strip() and not line.startswith("#"):
            problem = f"no program may stand above the first header: put one before it, {_FORMS}"
            raise _fault(path, number + 1, problem)
    headers = [_header(path, start + 1, lines[start].rstrip()) for start in starts]
    for header, (start, end) in zip(headers, itertools.pairwise([*starts, len(lines)]), strict=True):
        yield _program(path, start + 1, header, "\n".join(lines[start + 1 : end]))


def _header(path: Path, line: int, text: str) -> re.Match[str]:
    found = _HEADER.fullmatch(text)
    if found is None:
        raise _fault(path, line, _wrong_header(text))
    return found


def _program(path: Path, line: int, found: re.Match[str], body: str) -> ProgramText:
    name = found["kind"] or (f"right_{found['right']}" if found["right"] else f"wrong_{found['wrong']}")
    source = body.strip("\n") + "\n"
    if not source.strip():
        raise _fault(path, line, f"nothing follows `{found[0]}`: write the program, or remove the header")
    try:
        ast.parse(source)
    except SyntaxError as error:
        before = len(body) - len(body.lstrip("\n"))
        place = line + before + (error.lineno or 1)
        raise _fault(
            path, place, f"Python cannot read the program {name} ({error.msg}): correct it"
        ) from None
    return ProgramText(path, line, name, source, found["gets"], found["breaks"])


def _wrong_header(text: str) -> str:
    if re.fullmatch(r"# %% wrong [a-z0-9_]+", text):
        return f"this wrong program names no miss: write `{text} gets <miss>`"
    return (
        f"`{text.strip()}` is not a header: write {_FORMS} (names of programs: small letters, digits, `_`); "
        "if it belongs to a program, write it without `%%`, which editors take for a new cell"
    )


def _fault(path: Path, line: int, problem: str) -> ContentError:
    return ContentError(f"{_where(path)}, line {line}: {problem}")


def _where(path: Path) -> str:
    return Path(*path.parts[-5:]).as_posix() if "lessons" in path.parts[-5:] else path.name
