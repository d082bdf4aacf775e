"""The last step of a set-up, run by the environment's own Python, where all packages are."""

from __future__ import annotations

import json
import os
from pathlib import Path

from course.cli import _setup
from course.seat.lock import wanted

_HOOK_TEXT = "import sys, os; sys.path.append(os.path.dirname(sys.prefix))\n"
"""Makes ``course`` importable in every program of the environment. Names no path: the folder's name may be in
any script, and Python reads such files in the system's encoding."""


def finish() -> None:
    """Write the hook and, if all packages are whole, the stamp; print the names of those that are not."""
    _setup.HOOK.write_text(_HOOK_TEXT, encoding="ascii")
    packages = wanted()
    incomplete = list(_setup.damaged_packages(packages))
    if not incomplete:
        _write_json(_setup.STAMP, {**_setup.inputs(), "packages": packages})
    print(json.dumps(incomplete))


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="\n") as stream:
        json.dump(content, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
