"""What turns notebooks into other things, and what keeps them true.

:func:`refresh` runs a notebook and stores what came out, :func:`audit` says what is wrong with one
without running it, :func:`solve` puts the right answers in, :func:`stability` runs all notebooks many
times under load and :func:`plant_all` proves that the gate is awake. ``course.publish.plugin`` is the pytest
plugin that runs all of them.
"""

from course.publish._audit import Finding, audit, audit_tree
from course.publish._faults import Planted, plant_all
from course.publish._gate import GateRun, Stability, run_gate, stability
from course.publish._refresh import Refreshed, RefreshError, notebooks_in, refresh
from course.publish._solved import solve

__all__ = [
    "Finding",
    "GateRun",
    "Planted",
    "RefreshError",
    "Refreshed",
    "Stability",
    "audit",
    "audit_tree",
    "notebooks_in",
    "plant_all",
    "refresh",
    "run_gate",
    "solve",
    "stability",
]
