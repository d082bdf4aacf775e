"""A language for tests: English with accents, a third longer, in brackets, with right-to-left marks.

What is shown and has no brackets is in no catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from course.publish import translation

LANGUAGE = "en_XA"
RIGHT_TO_LEFT = "\u200f"

_KEPT = re.compile(
    r"(?s)(```.*?```|`[^`]*`|\]\([^)]*\)|<[^<>]*>|&#?\w+;|\{\{|\}\}|\{[^{}]*\}|\*+|https?://[^\s)]+)"
)
_LONGER = str.maketrans({"a": "aá", "e": "eé", "i": "ií", "o": "oó", "u": "uú", "A": "AÁ", "I": "IÍ"})


def pseudo(text: str) -> str:
    """What ``text`` is in that language: fields, code, tags and addresses are as they were."""
    pieces = _KEPT.split(text)
    pieces[::2] = [piece.translate(_LONGER) for piece in pieces[::2]]
    return f"{RIGHT_TO_LEFT}⟦{''.join(pieces)}⟧{RIGHT_TO_LEFT}"


def write_catalogue(
    locales: Path, language: str, name: str, texts: Mapping[str, str], fuzzy: frozenset[str] = frozenset()
) -> Path:
    """Write a catalogue of these translations, and return where."""
    catalogue = Catalog(locale=language, fuzzy=False)
    for text, translated in texts.items():
        catalogue.add(text, translated, flags=("fuzzy",) if text in fuzzy else ())
    path = locales / language / "LC_MESSAGES" / f"{name}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue)
    return path


def write_all(locales: Path) -> None:
    """Write the catalogues of that language."""
    for name, template in translation.templates().items():
        texts = {str(message.id): pseudo(str(message.id)) for message in template if message.id}
        write_catalogue(locales, LANGUAGE, name, texts)
