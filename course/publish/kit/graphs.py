"""The graphs in the lessons' prose, as pictures.

In a notebook JupyterLab draws Mermaid; a page would need a library of some megabytes for it. So each graph of
the lessons is kept as a picture too, under a name derived from its text.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from nbformat import NotebookNode

DRAWINGS = Path(__file__).parent / "diagrams"
FENCE = re.compile(r"```mermaid\n(.*?)\n```", re.DOTALL)
"""A graph in Markdown; the first group is its text."""


def graphs(markdown: str) -> list[str]:
    """The texts of the graphs in ``markdown``."""
    return FENCE.findall(markdown)


def drawing(graph: str) -> Path:
    """Where the picture of a graph is kept, whether it is there or not."""
    return DRAWINGS / f"{hashlib.sha256(graph.encode()).hexdigest()[:16]}.svg"


def drawings(cell: NotebookNode) -> list[str]:
    """The pictures of the graphs in a cell of prose, as SVG."""
    found = graphs(cell.source) if cell.cell_type == "markdown" else []
    return [drawing(graph).read_text(encoding="utf-8") for graph in found if drawing(graph).is_file()]
