"""``____``: the blank that a learner fills in. It notes when a program runs into it."""

from collections.abc import Callable
from typing import Any, NoReturn

from course.words import say


class BlankTouched(Exception):
    """A program used a blank ``____`` that is still to be filled in."""

    def __init__(self) -> None:
        super().__init__(say("this blank ____ is still to be filled in: put your own code in its place"))


class Blank:
    """Stands for code that is still to be written; using it in any way raises ``BlankTouched``.

    Passing it on is free, so a cell that only defines something around a blank runs.
    """

    def __repr__(self) -> str:
        return "____"

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "_ipython_", "_repr_")):  # what tools ask of everything that they look at
            raise AttributeError(name)
        touch()


_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> Callable[[], None]:
    """Call ``listener`` whenever a blank is touched; the returned function undoes it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def touch() -> NoReturn:
    """Note that a blank was used, and refuse."""
    for listener in list(_listeners):
        listener()
    raise BlankTouched


def _refuse(_self: Blank, *_args: Any, **_kwargs: Any) -> NoReturn:
    touch()


# Not listed: what showing, storing and comparing need (repr, str, format, hash, eq).
_OPERATIONS = """
    call await iter next aiter anext enter exit aenter aexit bool len contains getitem setitem delitem
    int float complex index lt le gt ge add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv
    mod rmod pow rpow and rand or ror xor rxor neg pos invert abs round fspath bytes
"""

for _name in _OPERATIONS.split():
    setattr(Blank, f"__{_name}__", _refuse)

____ = Blank()
