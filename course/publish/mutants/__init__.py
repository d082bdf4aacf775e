"""Mutation tests of the checks: a right program with one small mistake must not pass.

:func:`everything` and :func:`sample` change the right programs of the bank, run the checks on what comes of
it, and say what became of each. A mutant that is as right as its program is recorded, with the reason, in
``exercises/equivalent.yaml`` of its lesson.
"""

from course.publish.mutants._operators import Change, changes
from course.publish.mutants._run import (
    EQUIVALENT,
    FATES,
    Fate,
    Mutant,
    Tally,
    edition,
    equivalents,
    everything,
    mutants_of,
    sample,
)

__all__ = [
    "EQUIVALENT",
    "FATES",
    "Change",
    "Fate",
    "Mutant",
    "Tally",
    "changes",
    "edition",
    "equivalents",
    "everything",
    "mutants_of",
    "sample",
]
