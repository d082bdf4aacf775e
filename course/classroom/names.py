"""Join codes, pseudonyms, and names that nobody can do harm with."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection

_ADJECTIVES = """
able amber apt azure bold brave brief bright brisk calm candid clear clever cool coral crisp curious
deft eager early easy even fair fast fine fleet fond frank free fresh gentle glad golden good grand
green happy hardy jolly keen kind light lively lucky mellow merry mild neat nimble noble olive open
plain polite proud quick quiet rapid ready silver steady swift warm witty
"""
_ANIMALS = """
badger beaver bison bobcat buffalo camel caribou cheetah condor cougar coyote crane cricket curlew
dolphin donkey dragonfly eagle egret falcon ferret finch fox gazelle gecko gibbon giraffe goose hamster
hare hawk hedgehog heron ibex jaguar kestrel koala lark lemur leopard lizard llama lynx magpie marten
meerkat mole moose otter owl panda panther parrot pelican penguin puffin quail rabbit raven robin salmon
seal sparrow swallow
"""
ADJECTIVES = _ADJECTIVES.split()
ANIMALS = _ANIMALS.split()
CODE = re.compile(r"[a-z]{2,12}-[a-z]{2,12}-[0-9]{4}")
LONGEST = 40
"""Characters of a name."""
_READ_AT_MOST = 400
_MARKS_IN_A_ROW = 2


def new_code() -> str:
    """A join code such as ``brave-otter-4207``: one of 41 million."""
    return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(ANIMALS)}-{secrets.randbelow(10_000):04}"


def clean(text: str) -> str:
    """A name as the board shows it; empty when nothing is left.

    Whatever is not seen or reorders the text around it (control and format characters, the unassigned ones)
    is left out, and so are marks that pile up on a letter. At most 40 characters are kept.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[:_READ_AT_MOST]):
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if category[0] == "Z" or character in "\t\n\r":
            kept.append(" ")
        elif category[0] != "C" and marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return " ".join("".join(kept).split())[:LONGEST].strip()


def pseudonym(taken: Collection[str]) -> str:
    """A name such as ``Otter 7`` that nobody in the class has."""
    animal = secrets.choice(ANIMALS).title()
    return next(name for number in range(1, len(taken) + 2) if (name := f"{animal} {number}") not in taken)


def unlike(name: str, taken: Collection[str]) -> str:
    """The name, with a number when somebody has it already; case does not tell names apart."""
    others = {each.casefold() for each in taken}
    if name.casefold() not in others:
        return name
    numbered = (f"{name[: LONGEST - 5].strip()} {number}" for number in range(2, len(others) + 3))
    return next(each for each in numbered if each.casefold() not in others)


def no_formula(text: str) -> str:
    """The text, changed so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "|", "%", "\t", "\r") and text else text
