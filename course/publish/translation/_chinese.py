"""Spaces and punctuation of a Chinese text: AutoCorrect's rules, and those for what it lets through."""

from __future__ import annotations

import re
from collections.abc import Iterator

import autocorrect_py

_CHINESE = "\u3400-\u9fff"
_AS_IT_READS = (
    (r"(?s)```.*?```", ""),
    (r"`[^`]*`|\{[^{}]*\}", "code"),  # stands like a Latin word
    (r"\[([^\]]*)\]\([^)]*\)", r"\1"),
    (r" \*+(?=[“‘（《])|(?<=[”’）》])\*+ ", ""),  # without the space, Markdown would show the stars
    (r"<[^<>]*>|\*", ""),
    (rf"“[^”{_CHINESE}]*”", "“词”"),  # English in quotes is left alone
)
_HALF_WIDTH = re.compile(
    rf"[{_CHINESE}]\s*[(\"]|[)\"]\s*[{_CHINESE}]|[,.:;?!](?=\s|$)|\.\.\.",
)


def faults(text: str) -> Iterator[str]:
    """What is unusual in a text; nothing if there is no Chinese in it."""
    for pattern, reading in _AS_IT_READS:
        text = re.sub(pattern, reading, text)
    if not re.search(f"[{_CHINESE}]", text):
        return
    right = autocorrect_py.format(text)
    if right != text:
        yield f"Its spaces or its punctuation are unusual. It should read: {right}"
    elif found := _HALF_WIDTH.search(text):
        around = text[max(0, found.start() - 8) : found.end() + 8]
        yield f"There is half-width punctuation beside Chinese: {around}"
