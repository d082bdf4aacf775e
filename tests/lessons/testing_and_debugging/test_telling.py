"""The guard that the lesson shows, with what it does not show: partials, objects, errors of libraries."""

import functools
import logging
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI
from fastapi.testclient import TestClient

from course.lessons.testing_and_debugging.tracing import Spans
from course.notebook import cells, read_raw, source
from course.practice.texts import notebook_of

Guard = Callable[[Callable[..., None], Any], Callable[..., None]]


class Shop:
    def __call__(self, *_: str) -> None:
        raise smtplib.SMTPServerDisconnected

    def send(self, *_: str) -> None:
        raise ConnectionError


def send(*_: str) -> None:
    raise smtplib.SMTPServerDisconnected


class Counter:
    """In place of a counter of OpenTelemetry."""

    def __init__(self) -> None:
        self.counted: list[dict[str, str]] = []

    def add(self, amount: int, attributes: dict[str, str]) -> None:
        assert amount == 1
        self.counted.append(attributes)


@pytest.fixture(scope="module")
def telling() -> Guard:
    """The function of the lesson's cell."""
    path = notebook_of("testing_and_debugging")
    assert path
    (cell,) = (cell for cell in cells(read_raw(path)) if cell.get("id") == "watch-guard")
    names: dict[str, Any] = {"functools": functools, "log": logging.getLogger("shop")}
    exec(source(cell), names)
    found: Guard = names["telling"]
    return found


def span_of(task: Callable[..., None]) -> dict[str, Any]:
    """The attributes of a task's span."""
    spans = Spans()
    app = FastAPI(telemetry={"tracer_provider": spans.provider})

    @app.post("/")
    async def order(tasks: BackgroundTasks) -> None:
        tasks.add_task(task, "ada")

    TestClient(app, raise_server_exceptions=False).post("/")
    (span,) = (span for span in spans.finished if span.name == "fastapi.background_task")
    assert span.status.status_code.name == "ERROR"
    return dict(span.attributes or {})


@pytest.mark.parametrize(
    ("task", "name"),
    [
        (send, "send"),
        (functools.partial(send, "bob"), "send"),
        (Shop(), "Shop.__call__"),
        (functools.partial(Shop(), "bob"), "Shop.__call__"),
        (Shop().send, "Shop.send"),
    ],
)
def test_span_log_and_counter_have_the_name_of_the_function_inside(
    task: Callable[..., None], name: str, telling: Guard, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter()
    span = span_of(telling(task, counter))
    assert span["code.function.name"] == f"{__name__}.{name}"
    assert span["error.type"] == span_of(task)["error.type"]  # as FastAPI writes it for a bare task
    assert counter.counted == [{"task": name}]
    assert f"{name} failed" in caplog.messages
