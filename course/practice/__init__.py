"""Exercises that answer, questions that explain, and a journal of what was done: the engine of the practice.

A lesson's notebook uses ``check``, ``hint``, ``solution``, ``quiz``, ``predict``, ``answer``, ``warm_up``,
``progress`` and the blank ``____``. Its ``checks.py`` uses ``exercise``, ``NotYet``, ``Bench``, ``Spy``,
``describe``, ``innermost`` and ``shown``. The engine knows no lesson by name.
"""

from course.practice._bench import Bench, Call, Spy
from course.practice._blank import Blank, BlankTouched, ____
from course.practice._certificate import Certificate, NoCertificate, NotYetEarned, certificate, verify
from course.practice._content import ContentError, Lesson, UnknownId, lesson, lessons
from course.practice._engine import check, examine
from course.practice._exercise import Exercise, NotYet, exercise, find_exercise
from course.practice._hints import Hint, Solution, hint, solution
from course.practice._journal import Entry, Journal, journal, read_journal, workspace
from course.practice._learner import describe, innermost, shown
from course.practice._progress import LessonProgress, Progress, progress
from course.practice._quiz import Answer, BadAnswer, answer
from course.practice._result import Result
from course.practice._widget import Questions, predict, quiz, warm_up

__all__ = [
    "Answer",
    "BadAnswer",
    "Bench",
    "Blank",
    "BlankTouched",
    "Call",
    "Certificate",
    "ContentError",
    "Entry",
    "Exercise",
    "Hint",
    "Journal",
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
    "check",
    "describe",
    "examine",
    "exercise",
    "find_exercise",
    "hint",
    "innermost",
    "journal",
    "lesson",
    "lessons",
    "predict",
    "progress",
    "quiz",
    "read_journal",
    "shown",
    "solution",
    "verify",
    "warm_up",
    "workspace",
]
