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

from course.words import width

_WIDTH = 92
_FULL = re.compile("[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")
"""A character of Chinese: a line may end before it and behind it."""
_OPENS = tuple("（“‘《「*")
_CLOSES = tuple("，。、；：？！）”’》」…—*")
"""No line ends with the first, and none begins with the second."""
_GLUE = "\0"
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
    """``paragraph`` in lines; a line never breaks inside of ``code``.

    Chinese has no spaces between its words: there a line may end behind any character, each of two columns.
    """
    lines, line = [], indent
    for word in _CODE.sub(lambda code: code[0].replace(" ", _GLUE), _LINK.sub(r"\1", paragraph)).split():
        space = " " if line != indent else ""
        for piece in _pieces(word):
            if line != indent and width(line + space + piece) > _WIDTH:
                lines.append(line)
                line, space = indent, ""
            line += space + piece
            space = ""
    return "\n".join([*lines, line]).replace(_GLUE, " ")


def _pieces(word: str) -> list[str]:
    """What must stay in one line: words, ``code``, and Chinese characters with their punctuation."""
    pieces = [""]
    for part in _CODE.split(word):
        for unit in [part] if _CODE.fullmatch(part) else part:
            before, after = pieces[-1][-1:], unit[:1]
            if (_FULL.match(before) or _FULL.match(after)) and before not in _OPENS and after not in _CLOSES:
                pieces.append(unit)
            else:
                pieces[-1] += unit
    return [piece for piece in pieces if piece]


@cache
def css() -> str:
    """The stylesheet, on one line: JupyterLab's own colours, with fallbacks for elsewhere."""
    return " ".join((Path(__file__).parent / "style.css").read_text("utf-8").split())


def page(html: str) -> str:
    """``html`` with the stylesheet that it needs."""
    return f"<style>{css()}</style>{html}"
