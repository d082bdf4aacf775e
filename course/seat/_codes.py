"""What the doctor found, in ten characters that can be read out or typed into a chat.

A code has five bits for each character: the version of this table, system, Python, one bit for each check
that failed, and 14 check bits, which reveal any wrong character and any two neighbours swapped.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import Collection  # noqa: UP035  (parses and runs on 3.8)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters without I, L, O and U, which are mistaken for others (Crockford's base 32)."""

VERSION = 1
CHECKS = (
    "python",
    "packages",
    "kernel",
    "server",
    "write",
    "utf-8",
    "proxy",
    "disk",
    "port",
    "clock",
    "environment",
    "names",
)
"""The checks by their bit. Only ever append: codes of older courses are read with this table too."""

SYSTEMS = ("another system", "Linux", "macOS", "Windows")
_PLATFORMS = {"linux": 1, "darwin": 2, "win32": 3}

# How many bits each part has, the first part leftmost.
_VERSION, _SYSTEM, _MINOR, _FAILED, _SUM = 4, 3, 5, 24, 14
_CHARACTERS = (_VERSION + _SYSTEM + _MINOR + _FAILED + _SUM) // 5
_POLYNOMIAL = 0x602D  # x^14 + x^13 + x^5 + x^3 + x^2 + 1: finds all errors within 14 bits in a row
_LOOKS_LIKE = str.maketrans("OIL", "011")


class MistypedCode(ValueError):
    """This is not a code of the doctor; it was mistyped."""


@dataclass(frozen=True)
class Seat:
    """What a code says."""

    failed: tuple[str, ...]
    system: str
    python: str

    def __str__(self) -> str:
        return f"Python {self.python}, {self.system}"


def encode(failed: Collection[str], *, minor: int = sys.version_info[1], platform: str = sys.platform) -> str:
    """The code for the named checks, as two groups of five characters."""
    bits = sum(1 << CHECKS.index(name) for name in failed)
    value = VERSION
    for part, width in ((_PLATFORMS.get(platform, 0), _SYSTEM), (min(minor, 31), _MINOR), (bits, _FAILED)):
        value = value << width | part
    value = value << _SUM | _remainder(value)
    text = "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(_CHARACTERS)))
    return f"{text[:5]}-{text[5:]}"


def decode(code: str) -> Seat:
    """What a code says; case, dashes and spaces do not matter.

    Raises:
        MistypedCode: Its length, a character or its check sum is wrong.
    """
    text = re.sub(r"[\s-]", "", code).upper().translate(_LOOKS_LIKE)
    if len(text) != _CHARACTERS or not set(text) <= set(ALPHABET):
        raise MistypedCode(code)
    value = 0
    for character in text:
        value = value << 5 | ALPHABET.index(character)
    content, check = value >> _SUM, value & ((1 << _SUM) - 1)
    if check != _remainder(content) or content >> (_SYSTEM + _MINOR + _FAILED) != VERSION:
        raise MistypedCode(code)
    bits = content & ((1 << _FAILED) - 1)
    minor = content >> _FAILED & ((1 << _MINOR) - 1)
    system = content >> (_FAILED + _MINOR) & ((1 << _SYSTEM) - 1)
    return Seat(
        failed=tuple(name for place, name in enumerate(CHECKS) if bits >> place & 1),
        system=SYSTEMS[system] if system < len(SYSTEMS) else SYSTEMS[0],
        python=f"3.{minor}",
    )


def _remainder(value: int) -> int:
    """The check sum: what is left when the bits, as a polynomial, are divided by the generator."""
    value <<= _SUM
    while value.bit_length() > _SUM:
        value ^= _POLYNOMIAL << (value.bit_length() - _SUM - 1)
    return value
