"""The learner's seat: where things lie on this machine, and whether everything that a lesson needs works.

Imports nothing outside the standard library, because the checks also run before anything is installed.
"""

from course.seat._checks import PORTS, Check, Report, doctor, remedy
from course.seat._codes import MistypedCode, Seat, decode, encode
from course.seat._folders import (
    LOCK,
    NOTEBOOKS,
    ROOT,
    VENV,
    WHEELHOUSE_URL,
    scripts_folder,
    site_packages,
    venv_python,
    workspace,
)
from course.seat._pythons import NEWEST, OLDEST, too_new, too_old

__all__ = [
    "LOCK",
    "NEWEST",
    "NOTEBOOKS",
    "OLDEST",
    "PORTS",
    "ROOT",
    "VENV",
    "WHEELHOUSE_URL",
    "Check",
    "MistypedCode",
    "Report",
    "Seat",
    "decode",
    "doctor",
    "encode",
    "remedy",
    "scripts_folder",
    "site_packages",
    "too_new",
    "too_old",
    "venv_python",
    "workspace",
]
