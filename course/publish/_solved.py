"""The solved edition: the notebook of a learner who got every exercise right."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from course.notebook import called_name, course_metadata, with_answers
from course.paths import LESSONS
from course.practice.exercise_file import source_of

REPORTS_ON_THE_LEARNER = frozenset({"progress", "hint", "solution"})
"""Calls whose output tells what was solved: a cell that is one of them is not compared in this edition."""


def solve(nb: NotebookNode, *, lessons: Path | None = None) -> NotebookNode:
    """Return a copy of ``nb`` with the reference answer in place of each exercise's starter.

    ``lessons`` is the folder of the lessons' content. Raises ``ContentError`` when an answer is missing.
    """
    return with_answers(nb, lambda exercise: reference(nb, exercise, lessons=lessons))


def reference(nb: NotebookNode, exercise: str, *, lessons: Path | None = None) -> str:
    """Our answer to an exercise of the notebook. Raises ``ContentError`` when there is none."""
    content = (lessons or LESSONS) / str(course_metadata(nb).get("lesson"))
    return source_of(content, exercise, "right_reference").rstrip("\n")


def depends_on_the_learner(cell: NotebookNode) -> bool:
    """Whether the cell's output says what the learner has solved, and nothing else."""
    return called_name(cell) in REPORTS_ON_THE_LEARNER
