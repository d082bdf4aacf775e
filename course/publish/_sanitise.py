"""What nbval replaces on both sides before it compares: declared here, each with its places, and audited.

The list is meant to stay this short. Whatever is replaced is not compared, so a pattern may match only
what it was written for: :func:`course.publish.audit_tree` fails when one matches nothing in the lessons
any more, or anything outside its places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True)
class Replacement:
    """One pattern whose matches are replaced before two outputs are compared.

    ``places`` are the MIME types in which it may match (never ``text/plain``, never a stream),
    ``is_whole`` says whether a match is exactly one of the things that the pattern is for.
    """

    name: str
    pattern: str
    replacement: str
    places: frozenset[str]
    is_whole: Callable[[str], bool]

    def apply(self, text: str) -> str:
        """Return ``text`` with every match replaced."""
        return re.sub(self.pattern, self.replacement, text)


def _is_timed_svg(text: str) -> bool:
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return False
    return root.tag.rpartition("}")[2] == "svg" and "timed" in root.get("class", "").split()


SANITISER = (
    Replacement(
        name="timed picture",
        pattern=r'(?s)<svg class="timed".*?</svg>',
        replacement="TIMED-PICTURE",
        places=frozenset({"image/svg+xml", "text/html"}),
        is_whole=_is_timed_svg,
    ),
)
"""The real times of a run are in its picture only. The text beside the picture is what is compared."""


def sanitise(text: str, sanitiser: tuple[Replacement, ...] = SANITISER) -> str:
    """Apply every pattern of the sanitiser, as nbval does."""
    for replacement in sanitiser:
        text = replacement.apply(text)
    return text
