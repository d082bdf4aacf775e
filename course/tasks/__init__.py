"""guarded() and TaskManager: background work that fails alone, in order, and says what happened."""

from ._errors import (
    BadOption,
    CoroutineGiven,
    CycleError,
    DuplicateTask,
    MissingDependency,
    NotCallable,
    SelfDependency,
    SignatureMismatch,
    TaskGraphError,
)
from ._graph import TaskGraph
from ._guard import guarded, is_async, request_id
from ._manager import Start, TaskDependency, TaskManager
from ._report import Outcome, Report, TaskEvent, TaskRecord
from ._retry import TaskTimeout, retry_transient

__all__ = [
    "BadOption",
    "CoroutineGiven",
    "CycleError",
    "DuplicateTask",
    "MissingDependency",
    "NotCallable",
    "Outcome",
    "Report",
    "SelfDependency",
    "SignatureMismatch",
    "Start",
    "TaskDependency",
    "TaskEvent",
    "TaskGraph",
    "TaskGraphError",
    "TaskManager",
    "TaskRecord",
    "TaskTimeout",
    "guarded",
    "is_async",
    "request_id",
    "retry_transient",
]
