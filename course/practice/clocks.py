"""Clocks that are ahead of the machine's: what was skipped has passed for whoever looks at them."""

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, ClassVar
from unittest import mock

from course.practice.pauses import renamed

_Datetime = datetime.datetime
_NANO = 1_000_000_000
_SECONDS = (time.monotonic, time.time, time.perf_counter)
_NANOSECONDS = (time.monotonic_ns, time.time_ns, time.perf_counter_ns)


@contextlib.contextmanager
def clocks_ahead(ahead: Callable[[], float], names: Iterable[MutableMapping[str, Any]]) -> Iterator[None]:
    """Within, each of them is so many seconds ahead, also where it is among names of a notebook.

    Args:
        ahead: the seconds, for the thread that asks.
        names: of the notebook, and copies of them.
    """
    shown: dict[Any, Any] = {clock: _ahead_of(clock, ahead, 1) for clock in _SECONDS}
    shown |= {clock: _ahead_of(clock, ahead, _NANO) for clock in _NANOSECONDS}
    dates = type("datetime", (_Ahead,), {"ahead": staticmethod(ahead)})
    with contextlib.ExitStack() as stack:
        for each in names:
            stack.enter_context(renamed(each, {**shown, _Datetime: dates}))
        for clock, replacement in shown.items():
            stack.enter_context(mock.patch.object(time, clock.__name__, replacement))
        stack.enter_context(mock.patch.object(datetime, "datetime", dates))
        yield


def _ahead_of(clock: Callable[[], Any], ahead: Callable[[], float], unit: int) -> Callable[[], Any]:
    kind = type(clock())
    return lambda: clock() + kind(ahead() * unit)


class _LikeDatetime(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, _Datetime)


class _Ahead(_Datetime, metaclass=_LikeDatetime):
    ahead: ClassVar[Callable[[], float]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        own = _Ahead not in cls.__bases__  # a class of the program's, made of this one
        return super().__new__(cls, *args, **kwargs) if own else _Datetime(*args, **kwargs)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: Callable[[Any], Any]) -> Any:
        return handler(_Datetime)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return _Datetime.now(tz) + datetime.timedelta(seconds=cls.ahead())

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()
