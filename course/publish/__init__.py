"""What turns notebooks into other things, and what keeps them true.

:func:`refresh` runs a notebook and stores what came out, :func:`audit` says what is wrong with one without
running it, :func:`new_exercise` and :func:`new_lesson` begin one, :func:`solve` puts the right answers in,
:func:`stability` runs all notebooks many times under load and :func:`plant_all` proves that the gate
notices faults. ``course.publish.plugin`` is the pytest plugin that runs all of them.

Names are loaded on first use: each pytest of the gate loads the plugin, which needs little of the rest.
"""

from typing import TYPE_CHECKING

from course.on_demand import on_first_use

if TYPE_CHECKING:
    from course.publish._audit import Finding, audit, audit_tree
    from course.publish._faults import Planted, plant_all
    from course.publish._gate import GateRun, Stability, run_gate, stability
    from course.publish._normal import solve
    from course.publish._refresh import Refreshed, RefreshError, notebooks_in, refresh
    from course.publish._skeleton import Begun, SkeletonError, new_exercise, new_lesson, still_to_write

_NAMES = {
    "course.publish._audit": "Finding audit audit_tree",
    "course.publish._faults": "Planted plant_all",
    "course.publish._gate": "GateRun Stability run_gate stability",
    "course.publish._normal": "solve",
    "course.publish._refresh": "Refreshed RefreshError notebooks_in refresh",
    "course.publish._skeleton": "Begun SkeletonError new_exercise new_lesson still_to_write",
}

__all__ = [
    "Begun",
    "Finding",
    "GateRun",
    "Planted",
    "RefreshError",
    "Refreshed",
    "SkeletonError",
    "Stability",
    "audit",
    "audit_tree",
    "new_exercise",
    "new_lesson",
    "notebooks_in",
    "plant_all",
    "refresh",
    "run_gate",
    "solve",
    "stability",
    "still_to_write",
]

__getattr__ = on_first_use(__name__, _NAMES)
