"""What every page of the kit is made with: templates, the lessons' Markdown, highlighted programs.

A page is one file with its styles inside, and fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from course import words
from course.practice.markup import inline, to_html
from course.publish.kit.graphs import drawing

_HERE = Path(__file__).parent
_HARMLESS = re.compile(r"</?kbd>|<br\s*/?>")
"""The HTML elements that prose may contain. Others are shown as text."""


@cache
def templates() -> Environment:
    """The kit's templates. Filters turn texts into markup: everything that is not markup is escaped."""
    made = words.pages(_HERE / "templates")
    made.filters |= {
        "markdown": lambda text: Markup(to_page(text)),
        "coloured": coloured,
        "inline": lambda text: Markup(inline(text)),
        "paragraphs": lambda text: Markup(to_html(text)),
    }
    return made


def page(template: str, **values: Any) -> str:
    """A whole HTML document that needs no other file, from the template of that name."""
    return templates().get_template(f"{template}.html.j2").render(css=_look(), **values)


@cache
def _look() -> Markup:
    """The pages' stylesheet."""
    return Markup(f"{(_HERE / 'page.css').read_text(encoding='utf-8')}\n{code_colours()}")


def code_colours() -> str:
    """Styles for :func:`coloured`, with enough contrast for a projector."""
    return str(HtmlFormatter(style="xcode").get_style_defs(".highlight"))


def coloured(code: str) -> Markup:
    """A program as HTML, coloured."""
    return Markup(highlight(code, PythonLexer(), HtmlFormatter()))


# ---- Markdown and graphs -----------------------------------------------------------------------------


def to_page(markdown: str) -> str:
    """Prose as HTML, each graph as its picture."""
    return str(_markdown().render(markdown))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark").enable("table")
    made.add_render_rule("html_inline", _harmless)
    made.add_render_rule("html_block", _harmless)
    made.add_render_rule("fence", _fenced)
    return made


def _harmless(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    text = tokens[at].content
    return text if _HARMLESS.fullmatch(text) else escape(text)


def _fenced(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    kind, text = tokens[at].info, tokens[at].content.rstrip("\n")
    if kind == "python":
        return coloured(text)
    if kind == "mermaid" and drawing(text).is_file():
        return f'<figure class="graph">{drawing(text).read_text(encoding="utf-8")}</figure>'
    return f"<pre>{escape(text)}</pre>"
