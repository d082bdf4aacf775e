"""A lesson's notebook: its cells, headings, exercises and checks. Only this module reads ``.ipynb`` files.

A notebook is a mapping, as in the file. :func:`read_raw` needs no package and is quick: for the command line
and for kernels. :func:`read` gives nbformat's own kind of mapping, whose keys are attributes too. Every
function here takes both. Parses on Python 3.8.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from pathlib import Path
from typing import (  # noqa: UP035  (parses and runs on 3.8)
    TYPE_CHECKING,
    Any,
    Callable,
    Iterator,
    Mapping,
    TypeVar,
)

from course.paths import NOTEBOOKS, ROOT, workspace
from course.words import language, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

Notebook = TypeVar("Notebook", bound="Mapping[str, Any]")
Node = Mapping[str, Any]
"""A notebook, a cell or an output."""

# ---- reading and writing ---------------------------------------------------------------------------


class Unreadable(ValueError):
    """A file that is not a notebook. The text names the file, what is wrong with it, and the remedy."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        full = path.absolute()
        ours = NOTEBOOKS in full.parents
        name = full.relative_to(ROOT).as_posix() if ours else path.name
        self.remedy = say("Repair it in a text editor, or restore it from a copy.")
        if ours:
            self.remedy = say(
                "Get it again: git checkout HEAD -- {name} (or take it from a new copy of the course).",
                name=name,
            )
        elif workspace() in full.parents:
            self.remedy = say(
                "Give it another name; python3 -m course start then makes a new copy of the lesson."
            )
        found = say("{name} cannot be read as a notebook: {reason}.", name=name, reason=reason)
        super().__init__(f"{found} {self.remedy}")


def read_raw(path: Path) -> dict[str, Any]:
    """The notebook in ``path`` as plain mappings and lists; texts may be lists of lines (:func:`source`).

    Raises:
        Unreadable: There is no file that can be read, or it is not a notebook.
    """
    return load(read_bytes(path), path)


def read_bytes(path: Path) -> bytes:
    """The bytes of a notebook's file.

    Raises:
        Unreadable: There is no file that can be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = say("it is a folder") if path.is_dir() else error.strerror or type(error).__name__
        raise Unreadable(path, reason) from None


def load(content: bytes, path: Path = Path("notebook")) -> dict[str, Any]:
    """The notebook that ``content`` is, which came from ``path``. A byte-order mark does no harm.

    Raises:
        Unreadable: It is not a notebook.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(path, say("it is not UTF-8 text (byte {number})", number=error.start + 1)) from None
    if not text.strip():
        raise Unreadable(path, say("it is empty"))
    try:
        nb = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(path, _why_not_json(text, error)) from None
    reason = _why_no_notebook(nb)
    if reason:
        raise Unreadable(path, reason)
    found: dict[str, Any] = nb
    return found


def _why_not_json(text: str, error: Exception) -> str:
    marker = re.search(r"^(?:<{7}|={7}|>{7})(?: |$)", text, re.M)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        return say("line {line} is the mark of a merge conflict", line=line)
    if isinstance(error, json.JSONDecodeError):
        return say(
            "it is not JSON, or not all of it ({detail}, line {line})", detail=error.msg, line=error.lineno
        )
    return say("it is not JSON ({detail})", detail=type(error).__name__)


def _why_no_notebook(nb: object) -> str:
    """Why the content of a JSON file is not a notebook of format 4; empty if it is one."""
    if not isinstance(nb, dict) or not isinstance(nb.get("cells"), list):
        return say("it has no list of cells")
    if not isinstance(nb.get("metadata", {}), dict):
        return say("its metadata is not a mapping")
    for number, cell in enumerate(nb["cells"], 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            return say("cell {number} has no type", number=number)
        if not _is_text(cell.get("source")):
            return say("cell {number} has no text", number=number)
        if not isinstance(cell.get("metadata", {}), dict) or not isinstance(cell.get("outputs", []), list):
            return say("the metadata or the outputs of cell {number} are of another kind", number=number)
    return ""


def _is_text(value: object) -> bool:
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines)


def read(path: Path) -> NotebookNode:
    """The notebook in ``path`` as nbformat has it.

    Raises:
        Unreadable: As :func:`read_raw`.
    """
    return _node(read_raw(path), path)


def parse(content: bytes | str, path: Path = Path("notebook")) -> NotebookNode:
    """The notebook that ``content`` is, as nbformat has it.

    Raises:
        Unreadable: It is not a notebook.
    """
    return _node(load(content.encode() if isinstance(content, str) else content, path), path)


def _node(raw: dict[str, Any], path: Path) -> NotebookNode:
    import nbformat

    try:
        nb: NotebookNode = nbformat.v4.to_notebook_json({"metadata": {}, **raw})
        for cell in nb.cells:
            cell.setdefault("metadata", nbformat.from_dict({}))
            if cell.cell_type == "code":
                cell.setdefault("outputs", [])
                cell.setdefault("execution_count", None)
                for output in cell.outputs:
                    list(strings(output))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(path, say("an output is of no known kind ({detail})", detail=error)) from None
    return nb


def unreadable(folder: Path) -> list[Unreadable]:
    """What is wrong with the notebooks in ``folder`` that cannot be read."""
    found = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            read_raw(path)
        except Unreadable as error:
            found.append(error)
    return found


def render(nb: NotebookNode) -> str:
    """The text of a notebook file, with a newline at its end."""
    import nbformat

    text: str = nbformat.writes(nb, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"


def as_given(path: Path) -> bytes:
    """The file that a learner begins with: nothing has run in it, so that no output answers first.

    Sections of further reading are folded.

    Raises:
        Unreadable: As :func:`read_raw`.
    """
    nb = read_raw(path)
    for cell in code_cells(nb):
        cell.update(outputs=[], execution_count=None)
    for cell in cells(nb):
        if "fold" in tags(cell):
            cell["metadata"]["jp-MarkdownHeadingCollapsed"] = True
    return (json.dumps(nb, ensure_ascii=False, indent=1) + "\n").encode()


def lessons_folder() -> Path:
    """The folder of the lessons in the learner's language; of the English ones where there are none in it."""
    translated = NOTEBOOKS / language()
    return translated if translated.is_dir() else NOTEBOOKS


# ---- cells -----------------------------------------------------------------------------------------


def cells(nb: Node) -> list[Any]:
    """The cells of a notebook, in order."""
    found: list[Any] = nb["cells"]
    return found


def code_cells(nb: Node) -> list[Any]:
    """The code cells of a notebook, in order."""
    return [cell for cell in cells(nb) if cell["cell_type"] == "code"]


def source(cell: Node) -> str:
    """The text of a cell."""
    return "".join(cell["source"])


def tags(cell: Node) -> set[str]:
    """The tags of a cell."""
    found = cell.get("metadata", {}).get("tags", [])
    return set(found) if isinstance(found, list) else set()


def course_metadata(node: Node) -> dict[str, Any]:
    """What the course says about a cell or a notebook; an empty mapping when it says nothing."""
    found = node.get("metadata", {}).get("course", {})
    return dict(found) if isinstance(found, dict) else {}


def strings(output: Node) -> Iterator[tuple[str, str]]:
    """Yield each stored text of an output with its place.

    A place is a MIME type, ``stdout``, ``stderr``, ``error`` or ``traceback``.
    """
    if output["output_type"] == "stream":
        yield output["name"], "".join(output["text"])
    elif output["output_type"] == "error":
        yield "error", f"{output['ename']}: {output['evalue']}"
        yield "traceback", "\n".join(output["traceback"])
    else:
        for mime, value in output["data"].items():
            yield mime, value if isinstance(value, str) else repr(value)


# ---- headings --------------------------------------------------------------------------------------

_FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*$")


def headings_in(markdown: str) -> list[tuple[int, str]]:
    """Level and words of each heading of a text, in order; lines in a code block do not count."""
    return [heading for _, heading in _headings(markdown)]


def _headings(markdown: str) -> Iterator[tuple[int, tuple[int, str]]]:
    """The headings of a text, each with the number of its line."""
    fence = ""
    for number, line in enumerate(markdown.splitlines()):
        mark, heading = _FENCE.match(line), _HEADING.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
        elif mark:
            fence = mark[1]
        elif heading:
            yield number, (len(heading[1]), heading[2])


def headings(nb: Node) -> dict[str, str]:
    """For each cell's id the heading that its first line stands under: its own if it begins with one."""
    found: dict[str, str] = {}
    current = ""
    for cell in cells(nb):
        text = source(cell).lstrip("\n") if cell["cell_type"] == "markdown" else ""
        own = list(_headings(text))
        found[cell.get("id", "")] = own[0][1][1] if own and own[0][0] == 0 else current
        current = own[-1][1][1] if own else current
    return found


def title(nb: Node) -> str:
    """The first heading of a notebook, as in ``01 · After the response``; empty when it has none."""
    return next(filter(None, headings(nb).values()), "")


# ---- exercises -------------------------------------------------------------------------------------


def only_call(cell: Node) -> ast.Call | None:
    """The call that a cell consists of, imports aside, or None when the cell is anything else."""
    if cell["cell_type"] != "code":
        return None
    try:
        body = ast.parse(source(cell)).body
    except SyntaxError:
        return None
    body = [node for node in body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    if len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call):
        return body[0].value
    return None


def called_name(cell: Node) -> str | None:
    """The name of the function that the cell calls, when it is one call and nothing else."""
    call = only_call(cell)
    return call.func.id if call and isinstance(call.func, ast.Name) else None


def checked_exercise(cell: Node) -> str | None:
    """The id of the exercise that the cell checks, when it is a check cell."""
    called = called_with(cell)
    return called[1] if called and called[0] == "check" else None


def called_with(cell: Node) -> tuple[str, str] | None:
    """The name of the function that the cell calls, and its first argument, when it is one call of a
    function with a text, and nothing else.
    """
    call, name = only_call(cell), called_name(cell)
    if call is None or name is None or not call.args:
        return None
    first = call.args[0]
    return (name, first.value) if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


# ---- explanations that are folded --------------------------------------------------------------------

FOLD = "<details><summary>What happened, and why</summary>\n\n"
"""How the explanation of a predicted run begins: nobody reads it by accident before the run."""

_FOLD = re.compile(r"<details><summary>[^<]*</summary>\n\n(.*?)\n\n</details>", re.DOTALL)


def folded(markdown: str) -> str:
    """The text, folded."""
    return f"{FOLD}{markdown.strip()}\n\n</details>"


def unfolded(markdown: str) -> str:
    """The text with nothing folded, for where it is read after the run, or on paper."""
    return _FOLD.sub(r"\1", markdown)


def with_answers(nb: Notebook, answer: Callable[[str], str]) -> Notebook:
    """A copy of ``nb`` with ``answer(exercise)`` in place of each exercise's starter."""
    result = copy.deepcopy(nb)
    for cell in code_cells(result):
        name = course_metadata(cell).get("exercise")
        if name:
            cell["source"] = answer(name)
    return result
