"""The shell of every page of the kit: one file, its look inside, nothing fetched from anywhere."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

_HERE = Path(__file__).parent


@cache
def css(name: str) -> str:
    """The stylesheet ``name`` of the kit."""
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def code_css() -> str:
    """The colours of code, light, with enough contrast for a projector."""
    style: str = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    return style


def page(title: str, body: str, *, heading: bool = True, kind: str = "") -> str:
    """A whole HTML document that needs no other file. ``kind`` names what it is, for the stylesheet."""
    head = f"<h1>{escape(title)}</h1>" if heading else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css('page.css')}\n{code_css()}\n</style>\n</head>\n"
        f'<body class="{kind}" data-jp-theme-light="true">\n<main>\n{head}\n{body}\n</main>\n'
        "</body>\n</html>\n"
    )


def coloured(code: str) -> str:
    """A program as HTML, coloured."""
    html: str = highlight(code, PythonLexer(), HtmlFormatter())
    return html
