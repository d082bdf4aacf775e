"""What belongs to the whole process, and is put back when the app that changed it is gone.

An app on the bench shares its process with the notebook and with every later app. A server of its own would
take all this with it when it ends: its logging, its environment, its warnings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Each of these notes how things are, and returns what puts them back.


def _attribute(owner: Any, name: str) -> Callable[[], Callable[[], None]]:
    def note() -> Callable[[], None]:
        value = getattr(owner, name)
        return lambda: setattr(owner, name, value)

    return note


def _through(get: Callable[[], Any], set_: Callable[[Any], object]) -> Callable[[], Callable[[], None]]:
    def note() -> Callable[[], None]:
        value = get()

        def put_back() -> None:
            if get() != value:
                set_(value)

        return put_back

    return note


def _loggers() -> Iterator[logging.Logger]:
    yield logging.root
    for logger in list(logging.root.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            yield logger


def _logging() -> Callable[[], None]:
    """Those loggers that exist: what makes itself at home in a new one keeps that."""
    disabled_up_to = logging.root.manager.disable
    before = [
        (one, one.level, one.disabled, one.propagate, one.handlers[:], one.filters[:]) for one in _loggers()
    ]

    def put_back() -> None:
        for logger, level, disabled, propagate, handlers, filters in before:
            if logger.level != level:
                logger.setLevel(level)
            logger.disabled, logger.propagate = disabled, propagate
            logger.handlers[:], logger.filters[:] = handlers, filters
        if logging.root.manager.disable != disabled_up_to:
            logging.disable(disabled_up_to)

    return put_back


def _filters() -> Callable[[], None]:
    before = list(warnings.filters)

    def put_back() -> None:
        if list(warnings.filters) != before:
            warnings.resetwarnings()  # tells the interpreter as well that they have changed
            warnings.filters[:] = before  # type: ignore[index]

    return put_back


def _environment() -> Callable[[], None]:
    before = dict(os.environ)

    def put_back() -> None:
        for name in os.environ.keys() - before.keys():
            os.environ.pop(name, None)
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value

    return put_back


def _folder() -> Callable[[], None]:
    try:
        before = Path.cwd()
    except OSError:  # it has been removed
        return lambda: None
    return lambda: os.chdir(before)


def _signals() -> Callable[[], None]:
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}

    def put_back() -> None:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return put_back


KINDS: dict[str, Callable[[], Callable[[], None]]] = {
    "logging": _logging,
    "environment": _environment,
    "warnings filters": _filters,
    "showwarning": _attribute(warnings, "showwarning"),
    "sys.excepthook": _attribute(sys, "excepthook"),
    "sys.unraisablehook": _attribute(sys, "unraisablehook"),
    "threading.excepthook": _attribute(threading, "excepthook"),
    # get_event_loop_policy() warns from Python 3.14 on, and makes one where there is none.
    "event loop policy": _attribute(asyncio.events, "_event_loop_policy"),
    "time-out of sockets": _through(socket.getdefaulttimeout, socket.setdefaulttimeout),
    "switch interval": _through(sys.getswitchinterval, sys.setswitchinterval),
    "folder": _folder,
    "signal handlers": _signals,
}
"""By name, each a function that notes how things are and returns what puts them back."""

_MAIN_THREAD_ONLY = {"signal handlers"}


class Before:
    """How things were when it was made."""

    def __init__(self) -> None:
        self._left = {name: note() for name, note in KINDS.items()}

    def put_back(self) -> bool:
        """Put back what this thread may, each once; whether nothing is left for the main thread."""
        for name, put_back in list(self._left.items()):
            if name in _MAIN_THREAD_ONLY and threading.current_thread() is not threading.main_thread():
                continue
            self._left.pop(name, None)
            with contextlib.suppress(Exception):  # one that cannot be put back keeps no other
                put_back()
        return not self._left
