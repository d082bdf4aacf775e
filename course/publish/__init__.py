"""What turns notebooks into other things, and what keeps them true.

:func:`refresh` runs a notebook and stores what came out, :func:`audit` says what is wrong with one
without running it, :func:`solve` puts the right answers in. ``course.publish.plugin`` is the pytest
plugin that runs all of them.
"""

from course.publish._audit import Finding, audit, audit_tree
from course.publish._refresh import Refreshed, RefreshError, notebooks_in, refresh
from course.publish._solved import solve

__all__ = [
    "Finding",
    "RefreshError",
    "Refreshed",
    "audit",
    "audit_tree",
    "notebooks_in",
    "refresh",
    "solve",
]
