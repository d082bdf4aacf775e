"""The lessons keep the rules without which nbval would not look at every cell."""

from __future__ import annotations

from pathlib import Path

from course.publish import audit_tree

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_the_lessons_keep_every_rule() -> None:
    findings = audit_tree(NOTEBOOKS)
    assert not findings, "\n" + "\n".join(map(str, findings))
