"""What a program hands over as a function may be anything: nothing that looks at its parameters raises."""

import functools
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import course
from course.live.signature import signature_of, unwrapped
from course.practice._learner import is_app


class OfADict(dict[str, Any]):
    pass


class SaysNonsense:
    __signature__ = "any"

    def __call__(self) -> None:
        pass


class Raises:
    @property
    def __signature__(self) -> Any:
        raise LookupError("no")

    async def __call__(self) -> None:
        pass


class AnswersEverything:
    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self) -> None:
        pass


def _of_itself() -> Callable[..., Any]:
    async def task() -> None:
        pass

    return functools.wraps(task)(task)


def _around(thing: Any) -> Callable[..., Any]:
    async def around(*args: Any) -> None:
        pass

    around.__wrapped__ = thing  # type: ignore[attr-defined]
    return around


_ANYTHING: list[Any] = [OfADict, SaysNonsense(), Raises(), AnswersEverything(), _of_itself(), mock.Mock()]
_ANYTHING += [
    mock.AsyncMock(),
    dict,
    type,
    min,
    functools.partial(dict),
    functools.partial(min),
    [].append,
    7,
]


@pytest.mark.parametrize("thing", [*_ANYTHING, *map(_around, _ANYTHING)])
def test_nothing_raises(thing: Any) -> None:
    signature_of(thing)
    unwrapped(thing)
    is_app(thing)


def test_a_signature_that_is_known() -> None:
    def task(a: int, b: int = 2) -> None:
        pass

    around = _around(task)
    found, own = signature_of(around), signature_of(around, follow_wrapped=False)
    assert found is not None
    assert own is not None
    assert {name: each.default for name, each in found.parameters.items()} == {
        "a": inspect.Parameter.empty,
        "b": 2,
    }
    assert [*own.parameters] == ["args"]
    assert unwrapped(around) is task
    assert signature_of(Raises()) is None


def test_only_here_is_a_program_asked_for_its_signature() -> None:
    """The others ask what the course or Python itself has written."""
    root = Path(course.__file__).parent
    files = [*root.glob("live/*.py"), *root.glob("practice/*.py"), *root.glob("lessons/*/*.py")]
    asking = [each for each in files if re.search(r"inspect\.(signature|unwrap)\(", each.read_text("utf-8"))]
    assert {"/".join(each.relative_to(root).parts) for each in asking} == {
        "live/signature.py",
        "live/threads.py",
        "practice/_exercise.py",
        "practice/pauses.py",
        "lessons/order_and_data/checks.py",
    }
