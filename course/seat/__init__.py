"""The learner's seat: whether everything that a lesson needs works on this machine.

Imports nothing outside the standard library, because the checks also run before anything is installed.
"""

from course.seat._checks import PORTS, Check, Report, doctor, free_mb, met_elsewhere, remedy
from course.seat._codes import MistypedCode, Seat, decode, encode
from course.seat.lock import NEWEST, OLDEST, lock_digest, too_new, too_old

__all__ = [
    "NEWEST",
    "OLDEST",
    "PORTS",
    "Check",
    "MistypedCode",
    "Report",
    "Seat",
    "decode",
    "doctor",
    "encode",
    "free_mb",
    "lock_digest",
    "met_elsewhere",
    "remedy",
    "too_new",
    "too_old",
]
