"""The solved edition: the notebook of a learner who got every exercise right."""

from __future__ import annotations

import copy
from pathlib import Path

from nbformat import NotebookNode

from course.practice.exercise_file import source_of
from course.publish._audit import called_name
from course.publish._kernel import ROOT
from course.publish._notebook import code_cells, course_metadata

REPORTS_ON_THE_LEARNER = frozenset({"progress", "hint", "solution"})
"""Calls whose output tells what was solved: a cell that is one of them is not compared in this edition."""


def solve(nb: NotebookNode, *, lessons: Path | None = None) -> NotebookNode:
    """Return a copy of ``nb`` with the reference answer in place of each exercise's starter.

    ``lessons`` is the folder of the lessons' content. Raises ``ContentError`` when an answer is missing.
    """
    result = copy.deepcopy(nb)
    for cell in code_cells(result):
        name = course_metadata(cell).get("exercise")
        if name:
            cell.source = reference(nb, name, lessons=lessons)
    return result


def reference(nb: NotebookNode, exercise: str, *, lessons: Path | None = None) -> str:
    """Our answer to an exercise of the notebook. Raises ``ContentError`` when there is none."""
    content = (lessons or ROOT / "course" / "lessons") / str(course_metadata(nb).get("lesson"))
    return source_of(content, exercise, "right_reference").rstrip("\n")


def depends_on_the_learner(cell: NotebookNode) -> bool:
    """Whether the cell's output says what the learner has solved, and nothing else."""
    return called_name(cell) in REPORTS_ON_THE_LEARNER
