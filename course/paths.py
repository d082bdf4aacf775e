"""Where things lie on this machine: the checkout, its environment, the learner's workspace.

The only module that works out the checkout's folder or reads ``COURSE_WORKSPACE``. It runs before any package
is installed, and parses on Python 3.8.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds ``course/`` and ``notebooks/``."""
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.txt"
NOTEBOOKS = ROOT / "notebooks"
LESSONS = ROOT / "course" / "lessons"
"""The content of the lessons, one folder each."""
WHEELHOUSE_URL = VENV / "course-wheelhouse.txt"
"""Holds the address that the packages came from, if they came from another machine in the room."""
WORKSPACE_VARIABLE = "COURSE_WORKSPACE"
CLASS_VARIABLE = "COURSE_CLASS"
"""Holds the words of a class, for all seats of a server, or ``hub@ADDRESS#TICKET``."""


def workspace() -> Path:
    """The folder with the learner's copies: ``$COURSE_WORKSPACE``, or ``workspace`` in the checkout."""
    chosen = os.environ.get(WORKSPACE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else ROOT / "workspace"


def scripts_folder(venv: Path = VENV, *, system: str = os.name) -> Path:
    """The folder of an environment that holds its programs (``bin``, on Windows ``Scripts``)."""
    return venv / ("Scripts" if system == "nt" else "bin")


def venv_python(venv: Path = VENV, *, system: str = os.name) -> Path:
    """The interpreter of an environment, whether or not it exists."""
    return scripts_folder(venv, system=system) / ("python.exe" if system == "nt" else "python")


def site_packages(
    venv: Path = VENV, *, system: str = os.name, version: tuple[int, ...] = sys.version_info[:2]
) -> Path:
    """The folder of an environment that holds its packages."""
    if system == "nt":
        return venv / "Lib" / "site-packages"
    return venv / "lib" / f"python{version[0]}.{version[1]}" / "site-packages"


def write(path: Path, content: bytes | str) -> None:
    """Put ``content`` into ``path`` at once: a reader sees the old file or the new one, never half of it.

    Text is written as UTF-8. A file that is there keeps its mode.

    Raises:
        OSError: The file cannot be written; the old one is unchanged.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_bytes(data)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
