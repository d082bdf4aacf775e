"""A lesson whose every text is hostile, and what of a page would run in a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import nbformat.v4 as new

from course.notebook import read
from course.paths import NOTEBOOKS
from course.publish.kit import TaughtLesson

EVIL = "\"'><script>evil()</script><img src=x onerror=evil()> [evil](javascript:evil()) \\<b onclick=evil()>"


class Reader(HTMLParser):
    """Collects what would run when a browser shows the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.runs: list[str] = []
        self.tag = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag = tag
        described = tag == "meta" and "http-equiv" not in dict(attrs)  # a description only says something
        for name, value in attrs:
            runs = "javascript:" in (value or "") and not (described and name == "content")
            if name.startswith("on") or runs:
                self.runs.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self.tag in ("script", "style") and "evil" in data:
            self.runs.append(f"{self.tag}: {data[:80]}")


def spoilt_lesson(name: str) -> TaughtLesson:
    """That lesson with the text in its prose, notes, objectives and outputs."""
    nb = read(NOTEBOOKS / name)
    nb.metadata["course"]["objectives"] = [EVIL]
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            head, _, rest = cell.source.partition("\n")
            cell.source = f"{head} {EVIL}\n{rest}\n\n{EVIL}\n\n<div>\n{EVIL}\n</div>\n\n```\n{EVIL}\n```\n"
            cell.source += f"\n```mermaid\n{EVIL}\n```\n\n| a |\n|---|\n| {EVIL} |\n"
        if "note" in cell.metadata.get("course", {}):
            cell.metadata["course"]["note"] = EVIL
    outputs = [
        new.new_output("stream", text=EVIL),
        new.new_output("error", ename=EVIL, evalue=EVIL),
        new.new_output("display_data", {"text/plain": EVIL}),
        new.new_output("display_data", {"text/markdown": EVIL}),
    ]
    nb.cells.append(new.new_code_cell(f"# {EVIL}", id="evil", outputs=outputs))
    return TaughtLesson(Path(name), nb)
