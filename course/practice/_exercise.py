"""What a lesson's ``checks.py`` writes: ``@exercise`` and ``NotYet``. And how the engine finds it again."""

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from course.practice._content import ContentError, Lesson

CheckFunction = Callable[..., Mapping[str, Any] | None]
_Check = TypeVar("_Check", bound=CheckFunction)

DEADLINE = 8.0
"""Seconds that each part of a check may take. Stopping what is left comes on top, and stays within ten."""

THREADS = 64
"""How many threads a program may have at once during a check; the server's pool of 40 is among them."""


class NotYet(Exception):
    """Raised by a check: the program does not do it yet.

    ``miss`` names what happened: a key of the exercise's ``misses`` in the lesson's catalogue, or one of the
    engine's own (``engine.endless``, …: ``course/practice/en.yaml``). ``fields`` fill its template.
    """

    def __init__(self, miss: str, **fields: Any) -> None:
        super().__init__(miss)
        self.miss = miss
        self.fields = fields


@dataclass(frozen=True)
class Exercise:
    """A check and what it needs: the names in the notebook that it looks at, and its limits."""

    id: str
    wants: tuple[str, ...]
    check: CheckFunction
    deadline: float
    threads: int


def exercise(
    id: str, *, wants: tuple[str, ...], deadline: float = DEADLINE, threads: int = THREADS
) -> Callable[[_Check], _Check]:
    """Make the decorated function the check of the exercise ``id``.

    It is called with a ``Bench`` and, by name, the learner's objects that ``wants`` lists. It returns (a
    mapping that fills the fields of ``passed``, if there are any) or raises ``NotYet``.

    Args:
        id: the exercise's id, as in the lesson's catalogue.
        wants: names that the learner's notebook defines.
        deadline: seconds for each part of the check (see ``Bench.begin_part``), 8 at most.
        threads: how many threads may be alive at once.

    Raises:
        TypeError: the function's parameters are not ``bench`` and ``wants``.
        ValueError: the deadline is too long.
    """
    if deadline > DEADLINE:
        raise ValueError(f"{id}: a check may take {DEADLINE:g} seconds at most")

    def register(check: _Check) -> _Check:
        parameters = tuple(inspect.signature(check).parameters)
        if parameters != ("bench", *wants):
            needed = ", ".join(("bench", *wants))
            raise TypeError(f"{id}: its check takes ({', '.join(parameters)}), but wants asks for ({needed})")
        _registry[id] = Exercise(id, wants, check, deadline, threads)
        return check

    return register


def find_exercise(id: str, lesson: Lesson) -> Exercise:
    """The exercise ``id`` of ``lesson``.

    Raises:
        ContentError: the lesson's ``checks.py`` has no check for it.
    """
    if id not in _registry:
        importlib.import_module(f"{lesson.package}.checks")
    if id not in _registry:
        raise ContentError(
            f"course/lessons/{lesson.name}/checks.py: no function is decorated @exercise({id!r}, …)"
        )
    return _registry[id]


_registry: dict[str, Exercise] = {}
