"""The Pythons that the course runs on."""

from __future__ import annotations

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def too_old(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """Whether current FastAPI has no release for this Python any more."""
    return version[:2] < OLDEST


def too_new(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """Whether nobody has run the course on this Python yet."""
    return version[:2] > NEWEST
