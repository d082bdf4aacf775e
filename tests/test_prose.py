"""The English of the lessons, as far as a machine can read it: short sentences, and words of today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from course import notebook
from course.paths import NOTEBOOKS, ROOT

LONGEST = 34
"""Words in a sentence, or in a part of one that ends with a colon or a semicolon."""

OLD = re.compile(
    r"\b(whoever|whomever|whosoever|in vain|shall|in standing|hitherto|thereof|whereby|henceforth|lest|"
    r"nought|of which no|is no news|to be had|could not be had|be had here|of old|albeit|hence|let fall)\b",
    re.IGNORECASE,
)
"""Words and turns that a reader at level B2 has to look up, or to read twice."""

TEXTS = sorted([*NOTEBOOKS.glob("*.ipynb"), *(ROOT / "course" / "lessons").glob("*/en.yaml")])


def without_code(markdown: str) -> str:
    """The text, with a word in place of code."""
    return re.sub(r"`[^`]*`", "code", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL))


def sentences(markdown: str) -> Iterator[str]:
    """The sentences of a text, without code, tables and headings."""
    text = re.sub(r"^(\||#|>).*$", "", without_code(markdown), flags=re.MULTILINE)
    for part in re.split(r"\n\s*\n|\n- ", text):
        yield from re.split(r"(?<=[.!?:;])\s+", " ".join(part.split()))


def prose(path: Path) -> Iterator[tuple[str, str]]:
    """The place and the text of everything in a file that a learner reads."""
    if path.suffix == ".ipynb":
        for cell in notebook.cells(notebook.read_raw(path)):
            if cell["cell_type"] == "markdown":
                yield str(cell["id"]), notebook.source(cell)
    else:
        yield from strings(yaml.safe_load(path.read_text(encoding="utf-8")), "")


def strings(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Each text in a catalogue, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, f"{place}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from strings(inner, f"{place}.{number}")
    elif isinstance(value, str):
        yield place, value


def faults(place: str, text: str) -> list[str]:
    """What a reader would stumble over."""
    found = [f"{place}: {match[0]!r}" for match in OLD.finditer(without_code(text))]
    long = [sentence for sentence in sentences(text) if len(sentence.split()) > LONGEST]
    return found + [f"{place}: {len(sentence.split())} words: {sentence}" for sentence in long]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem if path.stem != "en" else path.parent.name)
def test_english_that_is_read_once(path: Path) -> None:
    assert [fault for place, text in prose(path) for fault in faults(place, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Whoever comes last is served last.",
        "The task waits in vain.",
        " ".join(["word"] * (LONGEST + 1)) + ".",
        "- one\n- " + " ".join(["word"] * (LONGEST + 1)),
    ],
)
def test_planted_faults_are_found(text: str) -> None:
    assert len(faults("a cell", text)) == 1


def test_code_and_tables_are_no_prose() -> None:
    words = "word " * 50
    assert (
        faults("a cell", f"```python\nhence = 1  # {words}\n```\n\n| {words} |\n\n# {words}\n\n`hence`") == []
    )
