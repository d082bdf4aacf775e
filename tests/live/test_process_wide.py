"""What an app changes for the whole process is as it was when its server has stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import logging.config
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI

from course.live import _process_wide, serve

SILENCE: dict[str, Any] = {"version": 1}  # all loggers that exist are disabled: the default


@pytest.fixture(autouse=True)
def everything_is_put_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Also where the bench does not, so that a failure here is the only one."""
    before = _process_wide.Before()
    monkeypatch.setenv("SHOP_MAILER", "old")
    yield
    before.put_back()


class Policy:
    """Makes event loops in some other way."""


def filters() -> object:
    return list(warnings.filters)


def set_attribute(owner: object, name: str) -> Callable[[], None]:
    return lambda: setattr(owner, name, lambda *_: None)


def level_of(name: str) -> object:
    one = logging.getLogger(name)
    return (
        one.level,
        one.disabled,
        one.propagate,
        one.handlers[:],
        one.filters[:],
        one.isEnabledFor(logging.INFO),
    )


def change_a_logger() -> None:
    one = logging.getLogger("uvicorn.error")
    one.setLevel(logging.CRITICAL)
    one.disabled, one.propagate = True, False
    one.addHandler(logging.NullHandler())
    one.addFilter(lambda record: False)


CHANGES: dict[str, list[tuple[Callable[[], object], Callable[[], object]]]] = {
    "logging": [
        (lambda: level_of("uvicorn.error"), change_a_logger),
        (lambda: level_of("uvicorn.access"), lambda: logging.config.dictConfig(SILENCE)),
        (lambda: level_of("root"), lambda: logging.basicConfig(level=logging.DEBUG, force=True)),
        (lambda: logging.root.manager.disable, lambda: logging.disable(logging.CRITICAL)),
        (lambda: logging.root.isEnabledFor(logging.ERROR), lambda: logging.disable(logging.CRITICAL)),
    ],
    "environment": [
        (lambda: dict(os.environ), lambda: os.environ.update(SHOP_MAILER="new", SHOP_NEW="new")),
        (lambda: dict(os.environ), lambda: os.environ.pop("SHOP_MAILER")),
    ],
    "warnings filters": [
        (filters, lambda: warnings.simplefilter("ignore")),
        (filters, warnings.resetwarnings),
    ],
    "showwarning": [(lambda: warnings.showwarning, set_attribute(warnings, "showwarning"))],
    "sys.excepthook": [(lambda: sys.excepthook, set_attribute(sys, "excepthook"))],
    "sys.unraisablehook": [(lambda: sys.unraisablehook, set_attribute(sys, "unraisablehook"))],
    "threading.excepthook": [(lambda: threading.excepthook, set_attribute(threading, "excepthook"))],
    "event loop policy": [
        (
            lambda: asyncio.events._event_loop_policy,  # type: ignore[attr-defined]
            lambda: setattr(asyncio.events, "_event_loop_policy", Policy()),
        )
    ],
    "time-out of sockets": [(socket.getdefaulttimeout, lambda: socket.setdefaulttimeout(7))],
    "switch interval": [(sys.getswitchinterval, lambda: sys.setswitchinterval(0.02))],
    "folder": [(Path.cwd, lambda: os.chdir("/"))],
    "signal handlers": [
        (lambda: signal.getsignal(signal.SIGTERM), lambda: signal.signal(signal.SIGTERM, lambda *_: None))
    ],
}


def test_every_kind_is_tried() -> None:
    assert CHANGES.keys() == _process_wide.KINDS.keys()


@pytest.mark.parametrize(
    ("kind", "look", "change"), [(kind, *one) for kind, several in CHANGES.items() for one in several]
)
def test_what_an_app_changes_is_put_back(
    kind: str, look: Callable[[], object], change: Callable[[], object]
) -> None:
    """In its lifespan, and in a task; a signal handler can only be set in the main thread."""
    in_main = kind == "signal handlers"

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if not in_main:
            change()
        yield

    before = look()
    with serve(FastAPI(lifespan=lifespan)):
        if in_main:
            change()
        assert look() != before
    assert look() == before


def test_what_a_task_changes_is_put_back_when_the_last_server_stops() -> None:
    app = FastAPI()

    @app.post("/")
    async def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(os.environ.update, SHOP_MAILER="new")

    with serve(FastAPI()):
        with serve(app) as server:
            server.client.post("/")
            server.settle()
        assert os.environ["SHOP_MAILER"] == "new"
    assert os.environ["SHOP_MAILER"] == "old"


def test_what_an_app_that_does_not_start_changes_is_put_back() -> None:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        os.environ["SHOP_MAILER"] = "new"
        raise RuntimeError("no")
        yield

    with pytest.raises(Exception, match="no"):
        serve(FastAPI(lifespan=lifespan))
    assert os.environ["SHOP_MAILER"] == "old"


def failing(lifespan: Any = None) -> FastAPI:
    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(int, "no number")

    return app


def errors_in_log(app: FastAPI) -> int:
    with serve(app) as server:
        server.client.get("/")
        server.settle()
        return len([line for line in server.log if line.startswith("ERROR")])


@pytest.mark.parametrize(
    "silence", [lambda: logging.config.dictConfig(SILENCE), lambda: logging.disable(logging.CRITICAL)]
)
def test_no_logging_of_an_app_silences_the_log_of_a_server(silence: Callable[[], None]) -> None:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        silence()
        yield

    assert errors_in_log(failing(lifespan)) == 1
    assert errors_in_log(failing()) == 1
    silence()  # as the first line of a cell that makes an app
    assert errors_in_log(failing()) == 1


def test_what_stays_unchanged_is_not_touched() -> None:
    logger = logging.getLogger("shop.new")
    with serve(FastAPI()):
        made = logging.getLogger("made.by.a.library")
        made.addHandler(handler := logging.NullHandler())
    assert made.handlers == [handler]
    assert vars(logging.getLogger("uvicorn.error")).keys() == vars(logger).keys()
