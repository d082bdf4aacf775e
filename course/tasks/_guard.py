"""guarded(): the exception stops here."""

import asyncio
import contextlib
import functools
import inspect
import logging
import math
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Future
from contextvars import ContextVar
from types import CoroutineType, FunctionType, MethodType, TracebackType
from typing import Any, ParamSpec, TypeVar, cast, overload

import anyio
from starlette._utils import is_async_callable

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__package__)
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set it once per request, in an ASGI middleware, and every failure is logged with it."""

_TEXT = {
    "failed": "background task %s failed",
    "request": ", request %s",
    "returned": "{name} returned {what}: {cure}",
    "not_callable": "guarded() needs a function, not {given}",
    "was_called": "guarded() needs the function itself: pass {name} without calling it",
}
_PASS = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)
_FUNCTIONS = (FunctionType, MethodType)
_OF_A_GENERATOR = type(contextlib.contextmanager(lambda: iter(()))()).__mro__[1]  # sync or async
_WORK: dict[str, tuple[type, ...]] = {  # what a result can be that is work which was not done
    "coroutine": (CoroutineType,),
    "lazy": (Generator, AsyncGenerator, map, filter),
    "future": (asyncio.Future, Future),
    "context": (_OF_A_GENERATOR,),
    "awaitable": (Coroutine, Awaitable),
}
_SAYS = {
    "coroutine": ("a coroutine, which nobody would await", "pass the async function"),
    "lazy": ("a {kind}, which nobody would loop over", "do it in the task"),
    "future": ("a {kind}, whose failure nobody would see", "wait for it in the task"),
    "context": ("a context manager, which nobody would enter", "use `with` in the task"),
    "awaitable": ("an awaitable ({kind}), which nobody would await", "await it in an async function"),
}
GENERATOR = "a generator function, which would run nothing: nobody would loop over it"
WORK = tuple(kind for kinds in _WORK.values() for kind in kinds if kind is not Awaitable)
"""Also if it was awaited. What is only awaitable is a result then: many clients are."""


def unwrapped(func: Any) -> Any:
    """The callable inside any number of partials."""
    while isinstance(func, functools.partial):
        func = func.func
    return func


def can_await(value: object) -> bool:
    """Whether `value` is awaitable, by its type: it may say of its class what it likes."""
    return issubclass(type(value), Awaitable)


def is_async(func: Callable[..., Any]) -> bool:
    """Whether Starlette would await what `func` returns; calling a class only makes an object."""
    func = unwrapped(func)
    try:
        return not inspect.isclass(func) and is_async_callable(func)
    except TypeError:  # a Mock(spec=function) says that it is a function, and has no code to look at
        return False


def is_generator(func: Callable[..., Any]) -> bool:
    """Whether calling `func` would run nothing of it yet."""
    func = unwrapped(func)
    called = func if type(func) in _FUNCTIONS else getattr(type(func), "__call__", None)  # noqa: B004
    return inspect.isgeneratorfunction(called) or inspect.isasyncgenfunction(called)


def name_of(func: Any) -> str:
    """A readable name: of the function inside a partial, of the class of a callable object."""
    func = unwrapped(func)
    return str(getattr(func, "__qualname__", None) or type(func).__qualname__).rpartition("<locals>.")[2]


def say(text: str, *args: object, error: BaseException | None = None) -> None:
    """Log an error, with the id of the request if there is one, whatever handlers and filters there are."""
    known = request_id.get()
    if known is not None:
        text, args = text + _TEXT["request"], (*args, known)
    try:
        log.error(text, *args, exc_info=error)
    except Exception:
        traceback.print_exc()


def log_failure(name: str, error: BaseException) -> None:
    """Log the error with its traceback, the task's name and, if there is one, the id of the request."""
    say(_TEXT["failed"], name, error=error)


def undone(value: object) -> str | None:
    """Of which kind `value` is if it is work that a function returned instead of doing it: "coroutine", which
    is closed, "awaitable", "lazy" (a generator or the like), "future" or "context" (a context manager made of
    a generator); None if it is a result.
    """
    kind = type(value)  # never the value's own idea of its class
    found = next((word for word, kinds in _WORK.items() if issubclass(kind, kinds)), None)
    if found and issubclass(kind, Coroutine):
        with contextlib.suppress(Exception):  # or Python warns later, anywhere
            cast("Coroutine[Any, Any, Any]", value).close()
    return found


def refuse_work(name: str, value: object, *, awaited: bool = False, cure: str = "") -> None:
    """Raise TypeError if a task returned work instead of doing it: nobody would ever do it."""
    if value is None or (awaited and not issubclass(type(value), WORK)):
        return
    if found := undone(value):
        what, usual = _SAYS[found]
        what = what.format(kind=type(value).__qualname__)
        raise TypeError(_TEXT["returned"].format(name=name, what=what, cure=cure or usual))


class _Stop:
    """What is raised in here is logged and goes no further, unless it asks for an end."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, asyncio.CancelledError) and _others_cancelled():
            log_failure(self.name, error)
            return True
        if error is None or isinstance(error, _PASS):
            return False
        if isinstance(error, BaseExceptionGroup) and error.subgroup(_PASS):
            return False
        log_failure(self.name, error)
        return True


def _others_cancelled() -> bool:
    """Whether a CancelledError says that something else was cancelled, not the task that runs here."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # in a thread
        return False
    if task is None or task.cancelling():
        return False
    # A scope of anyio, cancelled while its task waits for a thread that is in `from_thread.run`, raises there
    # without cancelling the task.
    return anyio.current_effective_deadline() > -math.inf


def _refuse(func: Any) -> None:
    """Raise TypeError if this cannot be a task."""
    if isinstance(func, CoroutineType):
        func.close()
        raise TypeError(_TEXT["was_called"].format(name=func.__qualname__))
    if not callable(func) or is_generator(func):
        given = GENERATOR if callable(func) else type(func).__qualname__
        raise TypeError(_TEXT["not_callable"].format(given=given))


def _dressed_as(func: Any, wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """`wrapper` with the name, text and signature of `func`; of a function also with its attributes.

    Those of an object or a class could make Starlette await a plain function.
    """
    if type(func) in _FUNCTIONS:
        return functools.wraps(func)(wrapper)
    wrapper.__qualname__, wrapper.__doc__ = name_of(func), func.__doc__
    wrapper.__name__ = wrapper.__qualname__.rpartition(".")[2]
    wrapper.__wrapped__ = func  # type: ignore[attr-defined]
    return wrapper


@overload
def guarded(func: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T | None]]: ...
@overload
def guarded(func: Callable[P, T]) -> Callable[P, T | None]: ...
def guarded(func: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `func` so that no exception leaves it: it is logged, and the result is then None.

    An async function stays async. Its own cancellation, KeyboardInterrupt and SystemExit pass; that of
    something it awaits is logged. Work that is returned instead of done (the coroutine of a lambda or a sync
    decorator around an async function, a generator, a future) is reported as a failure instead of being
    forgotten. Works as a decorator too.

    Raises TypeError at once, so before any response, if `func` is not callable, or a generator function.
    """
    _refuse(func)
    name = name_of(func)
    stop = _Stop(name)

    async def arun(*args: Any, **kwargs: Any) -> Any:
        with stop:
            value = func(*args, **kwargs)
            if can_await(value):  # what a mock returns may be anything
                value = await value
            refuse_work(name, value, awaited=True)
            return value

    def run(*args: Any, **kwargs: Any) -> Any:
        with stop:
            value = func(*args, **kwargs)
            refuse_work(name, value)
            return value

    return _dressed_as(func, arun if is_async(func) else run)
