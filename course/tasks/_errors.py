"""What can be wrong with a graph. All of it is found before the first task runs."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, ClassVar


class TaskGraphError(ValueError):
    """A graph that cannot run. Each subclass names the task and says what to change."""

    says: ClassVar[str] = "{problem}"

    def __init__(self, **names: Any) -> None:
        self.names = names
        super().__init__(self.says.format(**names))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.names)


def _rebuild(kind: type[TaskGraphError], names: dict[str, Any]) -> TaskGraphError:
    return kind(**names)


class DuplicateTask(TaskGraphError):
    """Two tasks, or a task and an input, have the same name."""

    says = "There is already a task or an input named {task!r}; every name may be used once."


class SelfDependency(TaskGraphError):
    """A task depends on itself."""

    says = "Task {task!r} depends on itself, so it could never start."


class MissingDependency(TaskGraphError):
    """A task depends on a name that is neither a task nor an input."""

    says = "Task {task!r} depends on {dependency!r}, which is neither a task nor an input."
    says_nearest = says + " Did you mean {nearest!r}?"

    def __init__(
        self, *, task: str, dependency: str, known: Iterable[str] = (), nearest: str | None = None
    ) -> None:
        nearest = nearest or next(iter(get_close_matches(dependency, known, n=1)), None)
        if nearest is not None:
            self.says = self.says_nearest  # type: ignore[misc]
        super().__init__(task=task, dependency=dependency, nearest=nearest)


class CycleError(TaskGraphError):
    """Tasks wait for each other in a circle. `path` is a shortest one; its first name is also its last."""

    says = "These tasks wait for each other in a circle: {circle}."

    def __init__(self, *, path: tuple[str, ...]) -> None:
        self.path = path
        super().__init__(path=path, circle=" -> ".join(path))
        self.names = {"path": path}


class NotCallable(TaskGraphError):
    """What was given as a task cannot be called, or would run nothing when it is."""

    says = "Task {task!r} must be a function or another callable, not {given}."


class CoroutineGiven(TaskGraphError):
    """A coroutine was given: the function was called where it should have been passed."""

    says = "Task {task!r} is a coroutine: pass the function itself, {function}, and do not call it."


class SignatureMismatch(TaskGraphError):
    """The parameters of a task cannot take what its dependencies deliver."""

    says = "Task {task!r}: {function}{signature} cannot take what it gets: {problem}."


class BadOption(TaskGraphError):
    """Names, dependencies, retry, timeout, inputs, keep or on_report are of the wrong kind."""

    says = "{where}: {problem}."
