"""What the course needs on this machine, and what is there: a Python, and the packages of the lock.

Only the functions that compare packages need a package, ``packaging``.
"""

from __future__ import annotations

import hashlib
import sys
from importlib import metadata
from typing import Iterator  # noqa: UP035  (parses and runs on 3.8)

from course.paths import LOCK

OLDEST = (3, 11)
NEWEST = (3, 14)


def too_old(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """Whether this Python is too old for current FastAPI."""
    return version[:2] < OLDEST


def too_new(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """Whether this Python is newer than any that the course was tested on."""
    return version[:2] > NEWEST


def lock_digest() -> str:
    """A digest of the list of packages that does not depend on line ends."""
    return hashlib.sha256(LOCK.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def wanted(text: str | None = None) -> dict[str, str]:
    """The packages that the lock lists for this system and Python, with their versions."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    packages: dict[str, str] = {}
    for line in (LOCK.read_text(encoding="utf-8") if text is None else text).splitlines():
        if not line[:1].isalnum():
            continue
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            (pin,) = requirement.specifier
            packages[canonicalize_name(requirement.name)] = pin.version
    return packages


def differences() -> Iterator[str]:
    """What is not installed as locked, one phrase for each package."""
    for name, version in wanted().items():
        try:
            there = metadata.version(name)
        except metadata.PackageNotFoundError:
            there = None
        if there != version:
            yield f"{name} {there or 'missing'} (locked: {version})"
