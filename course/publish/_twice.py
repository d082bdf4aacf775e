"""The edition in which each cell is run twice in a row: it has to say the same again.

A reader runs a cell again because of a typing error, a changed number, or to look once more. What it leaves
behind (a table, a mail, a name that was changed) must not change what it says. The first run is the notebook
as shipped, so this edition proves all that a single run of each cell would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nbval.plugin import NbCellError

from course.notebook import Node


def run_twice(cell: Any, run: Callable[[], None]) -> None:
    """Run a cell of nbval, then again; ``run`` compares what came with what is stored.

    Raises:
        NbCellError: an output differed. After the second run it names the cell and shows both outputs.
    """
    run()
    first = shown(cell.test_outputs)
    try:
        run()
    except NbCellError as error:
        cell.raise_cell_error(
            f"{cell.name} says something else when it is run a second time ({error}). Let it begin afresh: "
            "a new file, folder or object for each run, and what it collects emptied at its start.\n"
            f"The first time:\n{first}\nThe second time:\n{shown(cell.test_outputs)}",
            error.inner_traceback,
        )


def shown(outputs: Sequence[Node] | None) -> str:
    """What a cell has put out, as text."""
    return "\n".join(_words(output) for output in outputs or ()) or "(nothing)"


def _words(output: Node) -> str:
    if output["output_type"] == "stream":
        return str(output["text"]).rstrip("\n")
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return str(output["data"].get("text/plain") or f"({', '.join(output['data'])})")
