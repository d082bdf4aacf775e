"""Which parameter gets which result, and what is refused."""

import asyncio
import functools
from unittest import mock

import pytest

from course.tasks import SignatureMismatch, TaskManager


def call(task, dependencies, *, args=(), kwargs=None):
    """What `task` returns when its dependencies deliver their own names."""
    manager = TaskManager(inputs=dependencies)
    manager.add_task("task", task, dependencies, args=args, kwargs=kwargs)
    report = asyncio.run(manager.run(**{name: name for name in dependencies}))
    report.raise_for_failure()
    return report.result("task")


class Object:
    def method(self, b, a):
        return a, b

    def __call__(self, b, a):
        return a, b

    @classmethod
    def of_class(cls, a, b):
        return a, b

    @staticmethod
    def of_none(a, b):
        return a, b


def only(a, b, /):
    return a, b


@functools.wraps(only)
def wrapper(*args):
    return only(*args)


@pytest.mark.parametrize(
    ("task", "dependencies", "result"),
    [
        (lambda: "nothing", ["a", "b"], "nothing"),
        (lambda a, b: (a, b), ["b", "a"], ("a", "b")),
        (lambda b, a: (a, b), ["a", "b"], ("a", "b")),
        (lambda x, y: (x, y), ["b", "a"], ("b", "a")),
        (lambda a: a, ["b", "a"], "a"),  # wants one of them by name
        (lambda a, x: (a, x), ["b", "a"], ("a", "b")),  # the rest by position
        (lambda x, a, y: (x, a, y), ["b", "a", "c"], ("b", "a", "c")),
        (lambda a=1: a, ["b"], 1),  # a default is replaced by name only
        (lambda a=1: a, ["a"], "a"),
        (lambda x, a=1, b=2: (x, a, b), ["b", "c"], ("c", 1, "b")),
        (lambda *, a, b: (a, b), ["b", "a"], ("a", "b")),
        (lambda x, *, a: (x, a), ["b", "a"], ("b", "a")),
        (lambda *, a=1: a, ["b"], 1),
        (lambda *all: all, ["b", "a"], ("b", "a")),
        (lambda a, *rest: (a, rest), ["b", "a", "c"], ("a", ("b", "c"))),
        (lambda x, *rest: (x, rest), ["b", "a", "c"], ("b", ("a", "c"))),
        (lambda x, y=1, *rest: (x, y, rest), ["a", "b", "c"], ("a", "b", ("c",))),
        (lambda x, y=1, *rest: (x, y, rest), ["a"], ("a", 1, ())),
        (lambda **all: all, ["b", "a"], {"b": "b", "a": "a"}),
        (lambda a, **rest: (a, rest), ["b", "a"], ("a", {"b": "b"})),
        (lambda x, **rest: (x, rest), ["b"], ("b", {})),
        (lambda *all, **rest: (all, rest), ["a", "b"], (("a", "b"), {})),
        (only, ["b", "a"], ("b", "a")),  # positional-only names are nobody's business
        (wrapper, ["b", "a"], ("b", "a")),
        (Object().method, ["a", "b"], ("a", "b")),
        (Object(), ["a", "b"], ("a", "b")),
        (Object.of_class, ["b", "a"], ("a", "b")),
        (Object.of_none, ["b", "a"], ("a", "b")),
        (functools.partial(only, "x"), ["a"], ("x", "a")),
        (functools.partial(lambda a, b: (a, b), b="x"), ["a"], ("a", "x")),
        (max, ["a", "b"], "b"),  # a builtin without a signature gets all
        (dict, ["a"], None),
        (str, [], ""),
    ],
)
def test_delivery(task, dependencies, result):
    if result is None:
        with pytest.raises(BaseExceptionGroup):
            call(task, dependencies)
    else:
        assert call(task, dependencies) == result


@pytest.mark.parametrize(
    ("task", "dependencies", "args", "kwargs", "result"),
    [
        (lambda x, y: (x, y), ["a"], (1,), {}, (1, "a")),
        (lambda x, y: (x, y), ["a"], (), {"x": 1}, (1, "a")),
        (lambda x, y: (x, y), ["a"], (), {"y": 1}, ("a", 1)),
        (lambda a, b: (a, b), ["b", "a"], (1,), {}, (1, "b")),  # a is given, so nobody wants that result
        (lambda a, b: (a, b), ["b", "a"], (), {"a": 1}, (1, "b")),
        (lambda x, a, y: (x, a, y), ["b", "c"], (), {"a": 1}, ("b", 1, "c")),
        (lambda *all: all, ["a"], (1, 2), {}, (1, 2, "a")),
        (lambda **all: all, ["a"], (), {"x": 1}, {"x": 1, "a": "a"}),
        (lambda: 0, ["a"], (), {}, 0),
    ],
)
def test_delivery_beside_fixed_arguments(task, dependencies, args, kwargs, result):
    assert call(task, dependencies, args=args, kwargs=kwargs) == result


@pytest.mark.parametrize(
    ("task", "dependencies", "args", "kwargs"),
    [
        (lambda x: x, [], (), {}),
        (lambda x: x, ["a", "b"], (), {}),
        (lambda x, y: x, ["a"], (), {}),
        (lambda a, x: x, ["a"], (), {}),
        (lambda *, x: x, ["a"], (), {}),
        (lambda x, *, y: x, ["a", "b"], (), {}),
        (lambda x, y, *rest: x, ["a"], (), {}),
        (lambda x, y, **rest: x, ["a"], (), {}),
        (lambda x: x, [], (1, 2), {}),
        (lambda x: x, [], (), {"y": 1}),
        (lambda x: x, [], (1,), {"x": 1}),
    ],
)
def test_what_cannot_be_delivered_is_refused(task, dependencies, args, kwargs):
    with pytest.raises(SignatureMismatch, match="Task 'task'"):
        call(task, dependencies, args=args, kwargs=kwargs)


def test_async_mock_gets_all():
    send = mock.AsyncMock(return_value=1)
    assert call(send, ["a", "b"]) == 1
    send.assert_awaited_once_with("a", "b")


def test_the_signature_of_a_function_is_read_once():
    def make(n):
        def task(load, n=n):
            return load + n

        return task

    manager = TaskManager()
    manager.add_task("load", lambda: 1)
    with mock.patch("course.tasks._binding.inspect.signature", wraps=__import__("inspect").signature) as read:
        for n in range(5):
            manager.add_task(f"add {n}", make(n), ["load"])
    assert read.call_count == 1
    report = asyncio.run(manager.run())
    assert [report.result(f"add {n}") for n in range(5)] == [1, 2, 3, 4, 5]


def test_a_lambda_that_returns_a_coroutine_fails_loudly(caplog):
    async def real(): ...

    manager = TaskManager()
    manager.add_task("forgotten", lambda: real())
    report = asyncio.run(manager.run())
    assert report["forgotten"].outcome == "failed"
    assert "returned a coroutine" in str(report)
