"""Print what CHANGELOG.md says of the version that a tag names: ``python3 .ci/release_notes.py v1.2.3``.

The version stands in pyproject.toml and nowhere else; a tag that says otherwise, or a version without notes,
ends with exit status 1 and a sentence.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def notes(tag: str, project: str, changes: str) -> str:
    """The part of the change log for ``tag``.

    Raises:
        ValueError: the tag is not the version's, or the change log does not have it as released.
    """
    version = tomllib.loads(project)["project"]["version"]
    if tag != f"v{version}":
        raise ValueError(f"The tag is {tag}, the version in pyproject.toml is {version}. Make them agree.")
    found = re.search(rf"(?ms)^## {re.escape(version)}(.*?)$(.*?)(?=^## |\Z)", changes)
    if found is None:
        raise ValueError(f"CHANGELOG.md has no heading for {version}. Write what it changes.")
    if "not yet released" in found[1]:
        raise ValueError(f"CHANGELOG.md says that {version} is not yet released. Put its date there.")
    return found[2].strip() + "\n"


def main() -> int:
    """Print the notes; the exit status."""
    project, changes = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "CHANGELOG.md")
    )
    try:
        sys.stdout.write(notes(sys.argv[1], project, changes))
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
