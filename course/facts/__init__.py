"""The living facts: what the lessons claim about the libraries, measured again wherever the course runs.

Each module holds the facts of one theme. A fact is an experiment under `fact`; which cells rest on it stands
in the notebooks alone. How to add one is in docs/facts.md.
"""

from course.facts._fact import Cell, Fact, Seen, cells_by_fact, fact
from course.facts._run import FactsError, Measured, find, measure

__all__ = ["Cell", "Fact", "FactsError", "Measured", "Seen", "cells_by_fact", "fact", "find", "measure"]
