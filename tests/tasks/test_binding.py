"""Which parameter gets which result, and what is refused."""

import asyncio
import dataclasses
import datetime
import functools
import inspect
import math
import operator
import sys
import types
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        (lambda a=1: a, ["a"], "a"),
        (lambda x, a=1, b=2: (x, a, b), ["b", "c"], ("c", 1, "b")),
        (lambda *, a, b: (a, b), ["b", "a"], ("a", "b")),
        (lambda x, *, a: (x, a), ["b", "a"], ("b", "a")),
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
        (str, [], ""),
        (lambda a=1, /: a, ["b"], "b"),  # it can only be meant by position
        (lambda a, b=1, /: (a, b), ["b"], ("b", 1)),
        (lambda a, b=1, /: (a, b), ["b", "c"], ("b", "c")),
        (lambda a, b=1, /, c=2: (a, b, c), ["c", "x"], ("x", 1, "c")),
        (functools.partial(lambda b: b, b="x"), ["a"], "x"),  # it is given: the task only waits
        (lambda x, a=1: (x, a), ["b"], ("b", 1)),
    ],
)
def test_delivery(task, dependencies, result):
    assert call(task, dependencies) == result


@pytest.mark.parametrize(
    ("task", "results", "result"),
    [
        (list, ["ab"], ["a", "b"]),
        (tuple, ["ab"], ("a", "b")),
        (set, ["ab"], {"a", "b"}),
        (frozenset, ["ab"], {"a", "b"}),
        (sorted, ["ba"], ["a", "b"]),
        (float, ["1"], 1.0),
        (int, ["7"], 7),
        (int, ["11", 2], 3),
        (bool, [0], False),
        (complex, [1], 1),
        (complex, [1, 2], 1 + 2j),
        (str, [1], "1"),
        (str, [b"a", "ascii"], "a"),
        (bytes, [[65]], b"A"),
        (dict, [[("a", 1)]], {"a": 1}),
        (len, ["ab"], 2),
        (sum, [[1, 2], 3], 6),
        (max, [1, 2], 2),
        (round, [1.26, 1], 1.3),
        (type, [1], int),
        ([].__class__, ["a"], ["a"]),
        ("a-b".split, ["-"], ["a", "b"]),
        (math.sqrt, [4], 2),
        (operator.add, [1, 2], 3),
        (datetime.date.fromisoformat, ["2026-01-02"], datetime.date(2026, 1, 2)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_written_in_c_takes_all_results_by_position_on_every_python(task, results, result):
    names = ["start", "end", "key"][: len(results)]  # some are names of their parameters, too
    manager = TaskManager(inputs=names)
    manager.add_task("task", task, names)
    report = asyncio.run(manager.run(**dict(zip(names, results, strict=True))))
    report.raise_for_failure()
    assert report.result("task") == result
    assert type(report.result("task")) is type(result) or isinstance(result, set | frozenset | int | float)


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
        (lambda a=1: a, ["b"], (), {"a": 2}, 2),  # it is fixed, so the task only waits
        (lambda a=1: a, ["b"], (2,), {}, 2),
        (lambda café: café, [], (), {"cafe\u0301": 1}, 1),
        (sorted, ["a"], (), {"reverse": True}, ["a"]),
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
        (lambda a=1: a, ["b"], (), {}),  # a default that may be meant for the result, or for nobody
        (lambda *, a=1: a, ["b"], (), {}),
        (lambda a, verbose=False: a, ["a", "b"], (), {}),
        (lambda a=1, b=2: a, ["b", "c"], (), {}),
        (lambda a=1, /: a, ["b", "c"], (), {}),
        (dataclasses.make_dataclass("Rows", [("rows", object, None)]), ["load"], (), {}),
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


P = inspect.Parameter
NAMES = ["a", "b", "c", "d"]


@st.composite
def functions(draw):
    """A function with parameters of every kind, which returns what it was called with."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    kinds = sorted(
        draw(st.sampled_from([P.POSITIONAL_ONLY, P.POSITIONAL_OR_KEYWORD, P.KEYWORD_ONLY])) for _ in names
    )
    optional = False
    parts, slash = [], False
    for name, kind in zip(names, kinds, strict=True):
        if kind is not P.POSITIONAL_ONLY and P.POSITIONAL_ONLY in kinds and not slash:
            parts, slash = [*parts, "/"], True
        if kind is P.KEYWORD_ONLY and not any(part.startswith("*") for part in parts):
            parts.append("*args" if draw(st.booleans()) else "*")
            optional = False
        optional = draw(st.booleans()) if kind is P.KEYWORD_ONLY else optional or draw(st.booleans())
        parts.append(f"{name}=None" if optional else name)
    if P.POSITIONAL_ONLY in kinds and not slash:
        parts.append("/")
    if not any(part.startswith("*") for part in parts) and draw(st.booleans()):
        parts.append("*args")
    if draw(st.booleans()):
        parts.append("**kwargs")
    space = {}
    exec(f"def task({', '.join(parts)}): return locals()", space)
    return space["task"]


@given(functions(), st.lists(st.sampled_from([*NAMES, "x", "y"]), unique=True))
def test_every_result_is_taken_or_no_parameter_is_left_for_it(task, dependencies):
    try:
        given = call(task, dependencies)
    except SignatureMismatch:
        return
    parameters = inspect.signature(task).parameters
    taken = [value for name, value in given.items() if name not in ("args", "kwargs") and value is not None]
    taken += [*given.get("args", ()), *given.get("kwargs", {}).values()]
    assert sorted(taken) == sorted({*taken})  # none twice
    assert {*taken} <= {*dependencies}
    for name in dependencies:  # by name where there is one
        if name in parameters and parameters[name].kind is not P.POSITIONAL_ONLY:
            assert given[name] == name
    if {*taken} != {*dependencies}:
        assert all(given[name] is not None for name in parameters if name != "args")
        assert "args" not in given


def test_the_message_names_results_and_parameters():
    with pytest.raises(SignatureMismatch, match=r"results of 'load' are left.*have defaults: 'data'.*kwargs"):
        call(lambda data=None: data, ["load"])


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated at once")
def test_annotations_may_name_what_is_not_there():
    space = {}
    exec("def task(order: Order, verbose: bool = False): return order", space)
    assert call(space["task"], ["order"]) == "order"


def test_a_function_whose_code_is_shared_keeps_its_own_parameters():
    def first(a):
        return a

    second = types.FunctionType(first.__code__, {})
    assert call(first, ["a"]) == call(second, ["a"]) == "a"
