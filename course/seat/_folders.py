"""Where the parts of a checkout lie. One place, because set-up, doctor and commands must agree."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.txt"
NOTEBOOKS = ROOT / "notebooks"
WHEELHOUSE_URL = VENV / "course-wheelhouse.txt"
"""Holds the address that the packages came from, if they came from another machine in the room."""


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


def workspace() -> Path:
    """The folder with the learner's copies: ``$COURSE_WORKSPACE``, or ``workspace`` in the checkout."""
    chosen = os.environ.get("COURSE_WORKSPACE")
    return Path(chosen).expanduser().absolute() if chosen else ROOT / "workspace"
