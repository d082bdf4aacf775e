"""The course in other languages: what there is to translate, and whether the translations fit.

docs/translating.md is for translators.
"""

from course.publish.translation._catalogues import State, bring_up_to_date, state, templates
from course.publish.translation._rules import audit, faults
from course.publish.translation._units import has_words, units, with_units

__all__ = [
    "State",
    "audit",
    "bring_up_to_date",
    "faults",
    "has_words",
    "state",
    "templates",
    "units",
    "with_units",
]
