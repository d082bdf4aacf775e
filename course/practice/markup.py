"""How the course's texts are shown: their markup as text and as HTML, and the stylesheet of both.

The markup is paragraphs, fenced blocks, ``code``, *emphasis*, **strong**, and links to a cell of a notebook.
The text keeps the marks, wrapped, and the words of links; the HTML turns them into elements. Everything else
is escaped.
"""

import re
import textwrap
from functools import cache
from html import escape
from pathlib import Path

_WIDTH = 92
_GLUE = "\uffff"
_FENCE = re.compile(r"```\w*\n(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"(`[^`]+`)")
_STRONG = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
_EMPHASIS = re.compile(r"\*(\S(?:[^*]*\S)?)\*")
_LINK = re.compile(r"\[([^\]]+)\]\((\d\d_\w+\.ipynb(?:#cell-id=[\w-]+)?)\)")


def to_text(source: str, indent: str = "") -> str:
    """``source`` as plain text, wrapped, each line after ``indent``."""
    parts = [
        textwrap.indent(content, indent + "    ") if is_code else _wrap(content, indent)
        for content, is_code in _blocks(source)
    ]
    return "\n\n".join(parts)


def to_html(source: str) -> str:
    """``source`` as HTML paragraphs and code blocks."""
    return "".join(
        f"<pre><code>{escape(content)}</code></pre>" if is_code else f"<p>{inline(content)}</p>"
        for content, is_code in _blocks(source)
    )


def inline(source: str) -> str:
    """``source`` as HTML without a paragraph around it."""
    if link := _LINK.search(source):
        before, after = source[: link.start()], source[link.end() :]
        return f'{inline(before)}<a href="{link[2]}">{inline(link[1])}</a>{inline(after)}'
    pieces = _CODE.split(source)
    return "".join(
        f"<code>{escape(piece[1:-1])}</code>" if _CODE.fullmatch(piece) else _marks(escape(piece))
        for piece in pieces
    )


def _marks(html: str) -> str:
    return _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", html))


def _blocks(source: str) -> list[tuple[str, bool]]:
    """The paragraphs and the code blocks (marked True) of ``source``, in order."""
    blocks: list[tuple[str, bool]] = []
    for number, piece in enumerate(_FENCE.split(source.strip())):
        if number % 2:
            blocks.append((piece, True))
        else:
            blocks += [(" ".join(p.split()), False) for p in re.split(r"\n\s*\n", piece) if p.strip()]
    return blocks


def _wrap(paragraph: str, indent: str) -> str:
    """``paragraph`` in lines; a line never breaks inside of ``code``."""
    paragraph = _LINK.sub(r"\1", paragraph)
    whole = _CODE.sub(lambda code: code[0].replace(" ", _GLUE), paragraph)
    filled = textwrap.fill(
        whole,
        width=_WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return filled.replace(_GLUE, " ")


@cache
def css() -> str:
    """The stylesheet, on one line: JupyterLab's own colours, with fallbacks for elsewhere."""
    return " ".join((Path(__file__).parent / "style.css").read_text("utf-8").split())


def page(html: str) -> str:
    """``html`` with the stylesheet that it needs."""
    return f"<style>{css()}</style>{html}"
