"""The lessons keep the rules without which nbval would not look at every cell."""

from __future__ import annotations

import os
from pathlib import Path

from course.cli.test import LESSON
from course.publish import audit_tree

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_the_lessons_keep_every_rule() -> None:
    lesson = os.environ.get(LESSON)
    found = audit_tree(NOTEBOOKS)
    findings = [each for each in found if lesson is None or each.file.endswith(f"_{lesson}.ipynb")]
    assert not findings, "\n" + "\n".join(map(str, findings))
