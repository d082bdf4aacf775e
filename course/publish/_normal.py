"""The forms of a lesson's notebook: as refresh writes it and the audit asks for it, and solved."""

from __future__ import annotations

import copy
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from course.notebook import Node, called_name, course_metadata, headings_in, source, with_answers
from course.paths import LESSONS
from course.publish._unstable import without_paths
from course.words import ENGLISH

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}

KEPT_CELL_METADATA = ("tags", "course", "editable", "deletable", "slideshow")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")
_LIBRARIES = re.compile(r"/site-packages/|/(?:lib/python[\d.]+|Lib)/(?!site-packages/)")
_VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_EMPTY_WORDS = frozenset({"a", "an", "and", "as", "from", "import", "of", "or", "the", "to", "with"})
_ID_WORDS, _ID_LENGTH = 4, 40
_DEFINED = re.compile(r"^(?:async )?(?:def|class) (\w+)", re.M)


def normalise(nb: NotebookNode) -> NotebookNode:
    """Return a copy that holds only what belongs to the lesson, in one canonical form.

    Nothing in the result depends on when, where or in which program the notebook was run or edited:
    cell ids are kept or made from the first words, metadata of editors and widgets is dropped, streams are
    joined, tracebacks keep the frames of the notebook and name the libraries in between. Normalising
    twice changes nothing.
    """
    result = copy.deepcopy(nb)
    result.nbformat, result.nbformat_minor = 4, 5
    course = result.metadata.get("course")
    result.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    if course is not None:
        result.metadata["course"] = course
    _name_cells(result.cells)
    for cell in result.cells:
        cell.metadata = _cell_metadata(cell.metadata)
        if cell.cell_type == "code":
            cell.outputs = [_output(output, cell.execution_count) for output in _join_streams(cell.outputs)]
    return result


def counts_rise(counts: Sequence[int | None]) -> bool:
    """Whether execution counts can be those of a refreshed notebook into which cells were put since."""
    highest = 1
    for position, count in enumerate(counts, 1):
        if count is not None and not highest <= count <= position:
            return False
        highest = count or highest
    return True


def _name_cells(cells: list[NotebookNode]) -> None:
    """Give each new cell an id that says what it is about; a cell that has one keeps it."""
    taken: set[str] = set()
    nameless = []
    for cell in cells:
        name = cell.get("id")
        if name and _VALID_ID.fullmatch(name) and not _RANDOM_ID.fullmatch(name) and name not in taken:
            taken.add(name)
        else:
            nameless.append(cell)
    for cell in nameless:
        slug = _slug(cell)
        numbered = (f"{slug}-{number}" for number in itertools.count(2))
        cell["id"] = next(name for name in itertools.chain([slug], numbered) if name not in taken)
        taken.add(cell["id"])


def _slug(cell: Node) -> str:
    """The first words of a cell as an id: of its heading, or what it defines, if there is any."""
    text = next((line for line in source(cell).splitlines() if line.strip()), "")
    if cell["cell_type"] == "code":
        found = _DEFINED.search(source(cell))
        text = found[1] if found else text
    elif heads := headings_in(source(cell)):
        text = heads[0][1]
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _EMPTY_WORDS]
    slug = "-".join(words[:_ID_WORDS])[:_ID_LENGTH].strip("-") or cell["cell_type"]
    return f"{slug}-cell" if _RANDOM_ID.fullmatch(slug) else slug


def _cell_metadata(metadata: NotebookNode) -> NotebookNode:
    kept = {key: metadata[key] for key in KEPT_CELL_METADATA if metadata.get(key) not in (None, [], {})}
    if "tags" in kept:
        kept["tags"] = list(dict.fromkeys(kept["tags"]))
    result: NotebookNode = nbformat.from_dict(kept)
    return result


def _join_streams(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            joined.append(copy.deepcopy(output))
    return joined


def _output(output: NotebookNode, count: int | None) -> NotebookNode:
    if output.output_type == "stream":
        output.text = _ANSI.sub("", output.text)
    elif output.output_type == "error":
        output.evalue = _ANSI.sub("", output.evalue)
        output.traceback = trim_traceback(output.traceback)
    else:
        # The view of a widget is a random id that means nothing without its kernel. Its text stays, and
        # is read by nbval, by screen readers and on code-hosting sites.
        output.data.pop(WIDGET_VIEW, None)
        output.metadata = nbformat.from_dict({})
        if output.output_type == "execute_result":
            output.execution_count = count
    return output


def trim_traceback(lines: list[str]) -> list[str]:
    """Return a stored traceback without colours and absolute paths.

    Frames inside libraries become one line that names them: their line numbers belong to one version of a
    library on one machine, and the lesson is about the learner's own frames.
    """
    kept: list[str] = []
    for raw in lines:
        text = _ANSI.sub("", raw)
        if text.startswith("File ") and not text.startswith("File <"):
            name = f"    ... inside {_library(text)}"
            if not kept or kept[-1] != name:
                kept.append(name)
        else:
            kept.append(without_paths(text))
    return kept


def _library(frame: str) -> str:
    """Return the name of the package, or else of the module, that a frame of a traceback is in."""
    location = frame.removeprefix("File ").split("\n", 1)[0]
    path = re.split(r":\d+", location, maxsplit=1)[0].replace("\\", "/")
    inside = _LIBRARIES.split(path)[-1]
    if inside == path:
        inside = path.rpartition("/course/")[1].strip("/") or path.rpartition("/")[2]
    return inside.split("/")[0].removesuffix(".py")


# ---- metadata --------------------------------------------------------------------------------------------

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

CELL_TAGS = {
    "exercise": "the starter of an exercise; the metadata course.exercise names it",
    "check": "the cell that checks an exercise",
    "raises-exception": "the cell must raise, and stores its error",
    "slide": "the cell is on a slide",
    "keep": "the cell's program is worth keeping: it is on the handout and on the cheat sheet",
    "fold": "a heading of further reading, which JupyterLab shows folded",
}
"""The tags that a cell may carry. Any other is most likely a typing error, so it is a finding."""


class NotebookInfo(BaseModel):
    """The metadata ``course`` of a notebook."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lesson: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    """The folder in ``course/lessons`` and the notebook's name without its number."""
    number: Annotated[int, Field(ge=0, le=99)]
    teach_minutes: Annotated[int, Field(ge=1, le=90)]
    practise_minutes: Annotated[int, Field(ge=0, le=120)]
    objectives: Annotated[list[Words], Field(min_length=1, max_length=3)]
    """What the learner will be able to do; completes the sentence "you will be able to ..."."""
    language: Words = ENGLISH
    """Of an edition in another language, which is made from this notebook: its language."""


class CellInfo(BaseModel):
    """The metadata ``course`` of a cell."""

    model_config = ConfigDict(extra="forbid", strict=True)

    exercise: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z0-9-]+$")] | None = None
    """The id of the exercise that starts in this cell."""
    facts: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]\d+[a-z]?$")]] = []
    """The measured facts that the cell's claim rests on."""
    note: Words | None = None
    """For the instructor."""
    drawn: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] | None = None
    """Written by ``refresh``: the digest of the code that the stored picture comes from."""


# ---- solved ----------------------------------------------------------------------------------------------

REPORTS_ON_THE_LEARNER = frozenset({"progress", "hint", "solution"})
"""Calls whose output tells what was solved: such a cell is not compared once something is."""


def solve(nb: NotebookNode, *, lessons: Path | None = None) -> NotebookNode:
    """Return a copy of ``nb`` with the reference answer in place of each exercise's starter.

    ``lessons`` is the folder of the lessons' content. Raises ``ContentError`` when an answer is missing.
    """
    return with_answers(nb, lambda exercise: reference(nb, exercise, lessons=lessons))


def reference(nb: NotebookNode, exercise: str, *, lessons: Path | None = None) -> str:
    """Our answer to an exercise of the notebook. Raises ``ContentError`` when there is none."""
    from course.practice.exercise_file import source_of  # with FastAPI, which the plugin does without

    content = (lessons or LESSONS) / str(course_metadata(nb).get("lesson"))
    return source_of(content, exercise, "right_reference").rstrip("\n")


def depends_on_the_learner(cell: NotebookNode) -> bool:
    """Whether the cell's output says what the learner has solved, and nothing else."""
    return called_name(cell) in REPORTS_ON_THE_LEARNER
