"""Markdown as HTML, with the graphs that it describes drawn.

In a notebook JupyterLab draws Mermaid; a page would need a library of some megabytes for it. So each graph of
the lessons is kept as a picture too, under a name that its text gives; without one, the text of the graph is
shown.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import Path

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

DRAWINGS = Path(__file__).parent / "diagrams"
_FENCE = re.compile(r"```mermaid\n(.*?)\n```", re.DOTALL)


def graphs(markdown: str) -> list[str]:
    """The texts of the graphs in ``markdown``."""
    return _FENCE.findall(markdown)


def drawing(graph: str) -> Path:
    """Where the picture of a graph is kept, whether it is there or not."""
    return DRAWINGS / f"{hashlib.sha256(graph.encode()).hexdigest()[:16]}.svg"


def drawings(cell: NotebookNode) -> list[str]:
    """The pictures of the graphs in a cell of prose, as SVG."""
    found = graphs(cell.source) if cell.cell_type == "markdown" else []
    return [drawing(graph).read_text(encoding="utf-8") for graph in found if drawing(graph).is_file()]


def with_drawings(markdown: str) -> str:
    """``markdown`` as HTML, each graph as its picture."""
    pieces = _FENCE.split(markdown)
    return "".join(
        _draw(piece) if number % 2 else _to_html(piece)
        for number, piece in enumerate(pieces)
        if piece.strip()
    )


def _to_html(markdown: str) -> str:
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(markdown))


def _draw(graph: str) -> str:
    path = drawing(graph)
    if path.is_file():
        return f'<figure class="graph">{path.read_text(encoding="utf-8")}</figure>'
    return f"<pre>{escape(graph)}</pre>"
