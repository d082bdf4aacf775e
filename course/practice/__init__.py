"""Exercises that answer, questions that explain, and a journal of what was done: the engine of the practice.

A lesson's notebook uses ``check``, ``hint``, ``solution``, ``quiz``, ``predict``, ``compare``, ``answer``,
``warm_up``, ``progress`` and the blank ``____``. Its ``checks.py`` uses ``exercise``, ``NotYet``, ``Bench``,
``Spy``, ``describe``, ``innermost``, ``patiently`` and ``shown``. The engine knows no lesson by name.
"""

from typing import TYPE_CHECKING

from course.on_demand import on_first_use
from course.practice import _isolated, _notebook
from course.practice._bench import Bench, Call, LateTasks, Spy
from course.practice._board import LessonProgress, Progress
from course.practice._delays import VARIABLE as STRESS
from course.practice._engine import check, examine
from course.practice._exercise import Exercise, NotYet, Result, exercise, find_exercise
from course.practice._hints import Hint, Solution, hint, solution
from course.practice._journal import Entry, Journal, journal, read_journal
from course.practice._learner import Blank, BlankTouched, ____, describe, innermost, shown
from course.practice._patience import patiently, patiently_async
from course.practice._progress import (
    Certificate,
    NoCertificate,
    NotYetEarned,
    certificate,
    certified,
    progress,
    verify,
)
from course.practice._quiz import Answer, BadAnswer, answer
from course.practice.texts import ContentError, Lesson, UnknownId, lesson, lessons

if TYPE_CHECKING:
    from course.practice._compare import Comparison, compare
    from course.practice._widget import Questions, predict, quiz, warm_up

_NAMES = {
    "course.practice._compare": "Comparison compare",
    "course.practice._widget": "quiz warm_up Questions predict",
}
"""Loaded on first use: no process in which a check runs needs these widgets."""

__all__ = [
    "STRESS",
    "Answer",
    "BadAnswer",
    "Bench",
    "Blank",
    "BlankTouched",
    "Call",
    "Certificate",
    "Comparison",
    "ContentError",
    "Entry",
    "Exercise",
    "Hint",
    "Journal",
    "LateTasks",
    "Lesson",
    "LessonProgress",
    "NoCertificate",
    "NotYet",
    "NotYetEarned",
    "Progress",
    "Questions",
    "Result",
    "Solution",
    "Spy",
    "UnknownId",
    "____",
    "answer",
    "certificate",
    "certified",
    "check",
    "compare",
    "describe",
    "examine",
    "exercise",
    "find_exercise",
    "hint",
    "innermost",
    "journal",
    "lesson",
    "lessons",
    "patiently",
    "patiently_async",
    "predict",
    "progress",
    "quiz",
    "read_journal",
    "shown",
    "solution",
    "verify",
    "warm_up",
]

__getattr__ = on_first_use(__name__, _NAMES)


if _notebook.in_a_kernel():
    _notebook.listen()
    _isolated.get_ready()  # the first check finds a process with everything imported
