"""The course in other languages: what there is to translate, and whether the translations fit.

docs/translating.md is for translators.
"""

from course.publish.translation._catalogues import (
    BrokenCatalogue,
    State,
    bring_up_to_date,
    state,
    templates,
)
from course.publish.translation._editions import audit_editions, edition_of, refresh_edition, translate_cells
from course.publish.translation._rules import audit, faults
from course.publish.translation._units import has_words, units, with_units

__all__ = [
    "BrokenCatalogue",
    "State",
    "audit",
    "audit_editions",
    "bring_up_to_date",
    "edition_of",
    "faults",
    "has_words",
    "refresh_edition",
    "state",
    "templates",
    "translate_cells",
    "units",
    "with_units",
]
