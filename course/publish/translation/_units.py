"""The units of a Markdown text: what a translator translates at a time, and what stays as it is.

A unit is a heading, a paragraph, an item of a list, a cell of a table or a summary: what Markdown reads as
one run of text, and a label in a graph. Code blocks, displayed formulas, marks of lists and what is nothing
but code are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Unit:
    """A piece of a text, and where in it the piece stands."""

    start: int
    end: int
    text: str


_SUMMARY = re.compile(r"<summary>(.+?)</summary>")
_LABEL = re.compile(
    r"""(?mx)
    (?<=\[)[^\[\]()*]+(?=\]) | (?<=\[\()[^()]+(?=\)\])  # of a node
    | (?<=--\ ")[^"]+(?="\ -) | (?<=--\ )(?!")[^>-]+?(?=\ --)  # of an arrow
    | (?<=\w:\ ).+$  # of a change of state
    """
)
"""The words of a Mermaid graph; the names that its nodes have in it are none."""
_NO_WORDS = re.compile(r"`+[^`]*`+|\]\([^)]*\)|<[^>]*>|\$\$.*?\$\$", re.DOTALL)


@cache
def parser() -> MarkdownIt:
    """Markdown as JupyterLab reads it, as far as units go."""
    return MarkdownIt("commonmark").enable("table")


def units(markdown: str) -> list[Unit]:
    """The units of a text, in order."""
    return [unit for unit in _pieces(markdown) if has_words(unit.text)]


def with_units(markdown: str, change: Callable[[str], str]) -> str:
    """The text with ``change(unit)`` in place of each unit."""
    for unit in reversed(units(markdown)):
        markdown = markdown[: unit.start] + change(unit.text) + markdown[unit.end :]
    return markdown


def has_words(text: str) -> bool:
    """Whether there is something to translate: a word that is not code, a tag or an address."""
    return bool(re.search(r"[^\W\d_]", _NO_WORDS.sub(" ", text)))


def _pieces(markdown: str) -> Iterator[Unit]:
    starts = [0]
    for line in markdown.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    done = 0
    for token in parser().parse(markdown):
        if token.map is None:
            continue
        begin, end = starts[token.map[0]], starts[token.map[1]]
        if token.type == "fence" and token.info == "mermaid":
            yield from (Unit(*found.span(), found[0]) for found in _LABEL.finditer(markdown, begin, end))
        for text in _texts(token):
            start = markdown.find(text, max(done, begin), end)
            if start < 0:
                raise ValueError(f"the lines of {text!r} are indented or marked: write it on one line")
            done = start + len(text)
            yield Unit(start, done, text)


def _texts(token: Token) -> list[str]:
    if token.type == "inline" and token.content:
        return [token.content]
    if token.type == "html_block":
        return [found[1] for found in _SUMMARY.finditer(token.content)]
    return []
