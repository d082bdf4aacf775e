"""Callables of every shape, with every outcome: none is misunderstood, and nothing is lost without a word."""

import asyncio
import collections.abc
import concurrent.futures
import contextlib
import functools
import logging
import types
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette._utils import is_async_callable
from starlette.background import BackgroundTask

from course.tasks import BadOption, NotCallable, Outcome, TaskManager, guarded, is_async


async def template(): ...


def sync_template(): ...


# Shapes: each makes a callable of no parameters that calls `body` once, and says whether it is async.


def as_def(body):
    def task():
        return body()

    return task


def as_async_def(body):
    async def task():
        return body()

    return task


class Methods:
    def __init__(self, body):
        self.body = body

    def sync(self):
        return self.body()

    async def on_loop(self):
        return self.body()


class Called(Methods):
    def __call__(self):
        return self.body()


class AsyncCalled(Methods):
    async def __call__(self):
        return self.body()


class Falsy(AsyncCalled):
    def __len__(self):
        return 0


def in_static(body):
    class Holder:
        @staticmethod
        async def task():
            return body()

    return Holder.task


def in_class(body):
    class Holder:
        @classmethod
        def task(cls):
            return body()

    return Holder().task


def wrapped(make):
    """What a decorator of the same kind makes of it."""

    def shape(body):
        inner = make(body)
        if is_async(inner):

            @functools.wraps(inner)
            async def outer():
                return await inner()
        else:

            @functools.wraps(inner)
            def outer():
                return inner()

        return outer

    return shape


class Odd(Called):
    """Its attributes look like those of an async function."""

    def __init__(self, body):
        super().__init__(body)
        self.__name__, self.__qualname__, self.__wrapped__ = 5, 6, template
        self._is_coroutine = getattr(asyncio.coroutines, "_is_coroutine", True)


class Awaitable:
    """An awaitable that is no coroutine."""

    def __init__(self, body):
        self.body = body

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return self.body()


def awaited_spec(body):
    async def real():
        return body()

    return mock.create_autospec(template, side_effect=real)


SYNC = {
    "def": as_def,
    "lambda": lambda body: lambda: body(),
    "partial": lambda body: functools.partial(as_def(body)),
    "method": lambda body: Methods(body).sync,
    "class method": in_class,
    "object": Called,
    "decorated": wrapped(as_def),
    "lru_cache": lambda body: functools.lru_cache(as_def(body)),
    "MagicMock": lambda body: mock.MagicMock(side_effect=body),
    "Mock(spec)": lambda body: mock.Mock(spec=sync_template, side_effect=body),
    "autospec": lambda body: mock.create_autospec(sync_template, side_effect=body),
    "method of an object": lambda body: body.__call__,
    "partial of an odd object": lambda body: functools.partial(Odd(body).sync),
}
ASYNC = {
    "async def": as_async_def,
    "partial of async": lambda body: functools.partial(functools.partial(as_async_def(body))),
    "async method": lambda body: Methods(body).on_loop,
    "async static method": in_static,
    "object with async __call__": AsyncCalled,
    "partial of object": lambda body: functools.partial(AsyncCalled(body)),
    "falsy object": Falsy,
    "decorated async": wrapped(as_async_def),
    "AsyncMock": lambda body: mock.AsyncMock(side_effect=body),
    "AsyncMock(spec)": lambda body: mock.AsyncMock(spec=template, side_effect=body),
    "autospec of async": lambda body: mock.create_autospec(template, side_effect=body),
    "autospec of async, awaited": awaited_spec,
}
SHAPES = {**SYNC, **ASYNC}


# Outcomes


class Coro(collections.abc.Coroutine):
    """As the request contexts of aiohttp."""

    closed = False

    def send(self, value):
        raise StopIteration

    def throw(self, *error):
        raise StopIteration

    def close(self):
        type(self).closed = True
        raise RuntimeError("broken")

    def __await__(self):
        yield


class Liar:
    """Has a class of its own choice, and will not say which."""

    @property
    def __class__(self):
        raise RuntimeError("unbound")


def generator():
    yield


async def async_generator():
    yield


@contextlib.contextmanager
def manager_of_context():
    yield


@contextlib.asynccontextmanager
async def async_manager_of_context():
    yield


UNDONE = {  # in any task
    "coroutine": lambda: template(),
    "Coroutine": Coro,
    "generator": generator,
    "generator expression": lambda: (x for x in "ab"),
    "async generator": async_generator,
    "asend": lambda: async_generator().asend(None),
    "map": lambda: map(print, "ab"),
    "filter": lambda: filter(print, "ab"),
    "concurrent Future": concurrent.futures.Future,
    "context manager": manager_of_context,
    "async context manager": async_manager_of_context,
    "generator-based coroutine": types.coroutine(generator),
}
UNAWAITED = {"awaitable": lambda: Awaitable(print)}  # in a plain one: many clients are awaitable
VALUES = {
    "None": lambda: None, "0": lambda: 0, "text": lambda: "x", "list": lambda: [1], "liar": Liar,
    "iterator": lambda: iter("ab"), "mock": mock.MagicMock, "function": lambda: template,
}  # fmt: skip


class Custom(BaseException): ...


class Broken(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


RAISED = {
    "ValueError": lambda: ValueError("x"),
    "KeyError": KeyError,
    "StopIteration": lambda: StopIteration(1),
    "StopAsyncIteration": StopAsyncIteration,
    "BaseException": BaseException,
    "custom": Custom,
    "broken": Broken,
    "group": lambda: ExceptionGroup("g", [ValueError(), ExceptionGroup("h", [Broken()])]),
    "base group": lambda: BaseExceptionGroup("g", [Custom()]),
    "RecursionError": RecursionError,
}
PASSED = {  # asks for an end
    "KeyboardInterrupt": KeyboardInterrupt,
    "SystemExit": SystemExit,
    "cancelled": asyncio.CancelledError,
    "cancelled in a group": lambda: BaseExceptionGroup("g", [ValueError(), asyncio.CancelledError()]),
}


class Body:
    """What every shape calls."""

    def __init__(self, make, raises):
        self.make, self.raises, self.calls = make, raises, 0

    def __call__(self, *args):
        self.calls += 1
        if self.raises:
            raise self.make()
        return self.make()


shapes = st.sampled_from(sorted(SHAPES))
KINDS = {"value": VALUES, "undone": UNDONE, "unawaited": UNAWAITED, "raised": RAISED}
outcomes = st.sampled_from([(kind, name) for kind, names in KINDS.items() for name in names])
MAKE = {**VALUES, **UNDONE, **UNAWAITED, **RAISED, **PASSED}


def body_of(kind, name):
    return Body(MAKE[name], kind in ("raised", "passed"))


class Log(logging.Handler):
    def __init__(self):
        super().__init__()
        self.errors = []

    def emit(self, record):
        self.errors.append(record.exc_info[1])


@contextlib.contextmanager
def logged():
    handler, logger = Log(), logging.getLogger("course.tasks")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.errors
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def is_lost(shape, kind):
    return kind == "undone" or (kind == "unawaited" and shape in SYNC)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(shapes, outcomes)
def test_no_exception_leaves_a_guard_and_nothing_is_lost(shape, outcome):
    kind, name = outcome
    body = body_of(kind, name)
    safe = guarded(SHAPES[shape](body))
    with logged() as errors:
        asyncio.run(BackgroundTask(safe)())  # Starlette decides for itself what is async
    assert body.calls == 1
    if kind == "raised":
        assert len(errors) == 1
    elif is_lost(shape, kind):
        [error] = errors
        assert isinstance(error, TypeError)
        assert "which nobody would" in str(error) or "whose failure" in str(error)
    else:
        assert not errors


@pytest.mark.parametrize("name", PASSED)
@pytest.mark.parametrize("shape", ["def", "async def", "AsyncMock", "object"])
def test_what_asks_for_an_end_passes_a_guard(shape, name):
    safe = guarded(SHAPES[shape](body_of("passed", name)))
    if is_async(safe) and name == "cancelled":  # but not by others, who cancelled what it awaits
        with logged() as errors:
            asyncio.run(safe())
        assert len(errors) == 1
        return
    with logged() as errors, pytest.raises(type(MAKE[name]())):
        asyncio.run(safe()) if is_async(safe) else safe()
    assert not errors


@given(shapes)
def test_a_guard_is_async_for_starlette_if_it_is_for_python(shape):
    task = SHAPES[shape](Body(VALUES["None"], False))
    safe = guarded(task)
    assert is_async_callable(safe) == is_async(safe) == (shape in ASYNC)
    assert isinstance(safe.__name__, str)
    assert isinstance(safe.__qualname__, str)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(shapes, outcomes, st.sampled_from([{}, {"timeout": 60}]))
def test_a_manager_reports_all_of_it(shape, outcome, options):
    kind, name = outcome
    body = body_of(kind, name)
    manager = TaskManager()
    manager.add_task("task", SHAPES[shape](body), **options)
    with logged() as errors:
        report = asyncio.run(asyncio.wait_for(manager.run(), 60))
    assert body.calls == 1
    fails = kind == "raised" or is_lost(shape, kind)
    assert report["task"].outcome is (Outcome.FAILED if fails else Outcome.DONE)
    assert len(errors) == fails
    assert str(report).startswith("1 task: 1 ")
    assert manager.tasks["task"].task is not None


def test_a_class_makes_an_object_and_is_no_async_function():
    for kind in (Called, AsyncCalled):
        made = guarded(functools.partial(kind, None))()
        assert type(made) is kind
        assert not is_async_callable(guarded(kind))
        manager = TaskManager()
        manager.add_task("make", kind, args=[None])
        assert type(asyncio.run(manager.run()).result("make")) is kind


@pytest.mark.parametrize("value", [1, mock.sentinel.value, None])
def test_what_looks_async_and_is_not_is_believed_by_what_it_returns(value):
    task = mock.MagicMock(spec=sync_template, return_value=value)  # Starlette takes it for async
    assert asyncio.run(guarded(task)()) is value
    manager = TaskManager()
    manager.add_task("task", task)
    assert asyncio.run(manager.run()).result("task") is value


class GeneratorCalled:
    def __call__(self):
        yield

    def method(self):
        yield

    async def async_method(self):
        yield


@pytest.mark.parametrize(
    "task",
    [
        generator,
        async_generator,
        functools.partial(functools.partial(generator)),
        GeneratorCalled(),
        GeneratorCalled().method,
        GeneratorCalled().async_method,
        types.coroutine(generator),
    ],
    ids=lambda task: getattr(task, "__qualname__", type(task).__name__),
)
def test_a_generator_function_is_refused_at_the_door(task):
    with pytest.raises(TypeError, match="a generator function, which would run nothing"):
        guarded(task)
    with pytest.raises(NotCallable, match="a generator function, which would run nothing"):
        TaskManager().add_task("task", task)
    with pytest.raises(BadOption, match="on_report"):
        TaskManager(on_report=task)


@pytest.mark.parametrize("on_report", [template, mock.AsyncMock(), mock.create_autospec(template), 3, "save"])
def test_an_on_report_that_cannot_be_called_is_refused(on_report):
    with pytest.raises(BadOption, match="on_report"):
        TaskManager(on_report=on_report)


@pytest.mark.parametrize("name", [*UNDONE, *UNAWAITED])
def test_work_that_on_report_returns_is_not_lost_without_a_word(name, caplog):
    manager = TaskManager(on_report=lambda report: MAKE[name]())
    assert asyncio.run(manager.run()).ok
    [record] = caplog.records
    assert record.getMessage() == "on_report failed"
    assert str(record.exc_info[1]).startswith("on_report returned a")
    assert str(record.exc_info[1]).endswith("let it do its work itself")


def test_an_on_report_that_is_empty_is_called():
    class Sink(list):
        def __call__(self, report):
            self.append(report)

    manager = TaskManager(on_report=(sink := Sink()))
    asyncio.run(manager.run())
    assert len(sink) == 1


@pytest.mark.parametrize("task", [as_def, as_async_def])
def test_a_log_that_is_broken_breaks_no_guard_and_no_run(task, capsys):
    class Deaf(logging.Filter):
        def filter(self, record):
            raise ValueError("the filter is broken")

    fail = task(body_of("raised", "ValueError"))
    manager = TaskManager(on_report=body_of("raised", "KeyError"))
    manager.add_task("fail", fail)
    manager.add_task("after", lambda fail: None, ["fail"])
    deaf, logger = Deaf(), logging.getLogger("course.tasks")
    logger.addFilter(deaf)
    try:
        asyncio.run(BackgroundTask(guarded(fail))())
        report = asyncio.run(asyncio.wait_for(manager.run(), 30))
        refused = asyncio.run(manager.run(keep=["nobody"]))
    finally:
        logger.removeFilter(deaf)
    assert [str(record.outcome) for record in report.values()] == ["failed", "skipped"]
    assert refused.error
    assert "the filter is broken" in capsys.readouterr().err


def test_a_coroutine_that_cannot_be_closed_is_refused_all_the_same(caplog):
    guarded(Coro)  # a class is a callable like others
    guarded(lambda: Coro())()
    assert Coro.closed
    assert "Coro" in caplog.text


def test_what_an_async_task_started_and_left_is_reported():
    async def start():
        return asyncio.ensure_future(asyncio.sleep(0))

    manager = TaskManager()
    manager.add_task("start", start)
    assert "returned a Task, whose failure nobody would see" in str(asyncio.run(manager.run()))


def test_a_client_that_can_be_awaited_is_a_result():
    async def connect():
        return Awaitable(print)

    manager = TaskManager()
    manager.add_task("connect", connect)
    assert isinstance(asyncio.run(manager.run()).result("connect"), Awaitable)
