"""Which environment variables for Python a process of the course inherits.

Some change what a program means or prints: ``PYTHONOPTIMIZE`` removes every ``assert``, ``PYTHONWARNINGS``
and ``PYTHONDEVMODE`` change outputs, ``PYTHONASYNCIODEBUG`` changes the event loop, ``PYTHONSTARTUP`` runs a
file of the user in every kernel. Each Python brings new ones, so this lists those that are harmless.

Needs only the standard library, and parses on Python 3.8.
"""

from __future__ import annotations

from typing import Mapping, MutableMapping  # noqa: UP035  (parses and runs on 3.8)

_HARMLESS = frozenset(
    {
        # where files are
        "PYTHONHOME",
        "PYTHONPATH",
        "PYTHONPLATLIBDIR",
        "PYTHONNOUSERSITE",
        "PYTHONPYCACHEPREFIX",
        "PYTHON_HISTORY",
        # how text gets in and out
        "PYTHONUTF8",
        "PYTHONIOENCODING",
        "PYTHONCOERCECLOCALE",
        "PYTHONUNBUFFERED",
        "PYTHONLEGACYWINDOWSFSENCODING",
        "PYTHONLEGACYWINDOWSSTDIO",
        "PYTHON_BASIC_REPL",
        "PYTHON_COLORS",
        # how much of the machine is used
        "PYTHONDONTWRITEBYTECODE",
        "PYTHON_CPU_COUNT",
        # what is said about a crash
        "PYTHONFAULTHANDLER",
        # of keyring, which has pip's passwords
        "PYTHON_KEYRING_BACKEND",
    }
)


def changing(environ: Mapping[str, str]) -> list[str]:
    """The names of the variables that change what a Python program means or prints. An empty one changes
    nothing.
    """
    return sorted(
        name
        for name, value in environ.items()
        if name.startswith("PYTHON") and value and name not in _HARMLESS
    )


def drop_changing(environ: MutableMapping[str, str]) -> None:
    """Remove them, so that a Python that starts with ``environ`` runs the course as it is written."""
    for name in changing(environ):
        del environ[name]
