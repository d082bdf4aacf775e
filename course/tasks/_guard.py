"""guarded(): the exception stops here."""

import functools
import inspect
import logging
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from types import CoroutineType
from typing import Any, ParamSpec, TypeVar, cast, overload

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__package__)
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""Set it once per request, in an ASGI middleware, and every failure is logged with it."""

_TEXT = {
    "failed": "background task %s failed",
    "failed_for": "background task %s failed, request %s",
    "returned_coroutine": "{name} returned a coroutine, which nobody would await: pass the async function",
    "not_callable": "guarded() needs a function, not {given}",
    "was_called": "guarded() needs the function itself: pass {name} without calling it",
}


def is_async(func: Callable[..., Any]) -> bool:
    """Whether calling `func` gives a coroutine, as far as can be known without calling it."""
    while isinstance(func, functools.partial):
        func = func.func
    return inspect.iscoroutinefunction(func) or (
        not inspect.isclass(func) and inspect.iscoroutinefunction(getattr(func, "__call__", None))  # noqa: B004
    )


def name_of(func: Any) -> str:
    """A readable name: of the function inside a partial, of the class of a callable object."""
    while isinstance(func, functools.partial):
        func = func.func
    return str(getattr(func, "__qualname__", None) or type(func).__qualname__).rpartition("<locals>.")[2]


def log_failure(name: str, error: BaseException) -> None:
    """Log the error with its traceback, the task's name and, if there is one, the id of the request."""
    known = request_id.get()
    if known is None:
        log.error(_TEXT["failed"], name, exc_info=error)
    else:
        log.error(_TEXT["failed_for"], name, known, exc_info=error)


def refuse_coroutine(name: str, value: object) -> None:
    """Raise TypeError if a plain function returned a coroutine: nobody would ever await it."""
    if isinstance(value, CoroutineType):
        value.close()
        raise TypeError(_TEXT["returned_coroutine"].format(name=name))


@overload
def guarded(func: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T | None]]: ...
@overload
def guarded(func: Callable[P, T]) -> Callable[P, T | None]: ...
def guarded(func: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `func` so that no exception leaves it: it is logged, and the result is then None.

    An async function stays async. `asyncio.CancelledError`, KeyboardInterrupt and SystemExit pass. A plain
    function that returns a coroutine (a lambda or a sync decorator around an async function) is reported
    as a failure instead of being forgotten. Works as a decorator too.

    Raises TypeError at once, so before any response, if `func` is not callable.
    """
    if isinstance(func, CoroutineType):
        func.close()
        raise TypeError(_TEXT["was_called"].format(name=func.__qualname__))
    if not callable(func):
        raise TypeError(_TEXT["not_callable"].format(given=type(func).__qualname__))
    name = name_of(func)

    async def arun(*args: Any, **kwargs: Any) -> Any:
        try:
            return await func(*args, **kwargs)
        except Exception as error:
            log_failure(name, error)

    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            value = func(*args, **kwargs)
            refuse_coroutine(name, value)
        except Exception as error:
            log_failure(name, error)
        else:
            return value

    return cast("Callable[..., Any]", functools.wraps(func)(arun if is_async(func) else run))
