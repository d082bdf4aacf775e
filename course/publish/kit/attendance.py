"""Attendance certificates for a class: one page for each learner, to print and to sign.

They say who was there, when, and what was taught. The certificate of the capstone says what was solved.
"""

from __future__ import annotations

from collections.abc import Sequence

from course.publish.kit._html import page
from course.publish.kit.agenda import Course
from course.publish.kit.lessons import TaughtLesson


def to_html(names: Sequence[str], lessons: Sequence[TaughtLesson], course: Course, by: str) -> str:
    """A page of A4 for each of ``names``, signed ``by`` the instructor.

    Raises:
        ValueError: there is no name.
    """
    if not names:
        raise ValueError("There is no name in the list. Write one on each line.")
    minutes = sum(lesson.info.teach_minutes + lesson.info.practise_minutes for lesson in lessons)
    return page("attendance", names=names, lessons=lessons, course=course, by=by, minutes=minutes)
