"""What can be seen of a task while it is tested, reloaded, logged and traced."""

from __future__ import annotations

import asyncio
import functools
import importlib
import io
import logging
import smtplib
import sys
import textwrap
import threading
import types
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest import mock

import uvicorn
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.background import BackgroundTask

from course.facts import Seen, fact
from course.facts._experiments import quiet_client, saw, serve_plain
from course.live import FileGate, Gate, ServerProcess, launch
from course.tasks import guarded

_MAILING = """
    import functools
    from typing import Annotated
    from fastapi import BackgroundTasks, Depends, FastAPI

    app, log = FastAPI(), []

    def send(to):
        log.append("really sent")

    async def send_async(to):
        log.append("really sent")

    registry, bound = {"send": send}, functools.partial(send)

    @app.get("/name")
    async def name(tasks: BackgroundTasks):
        tasks.add_task(send, "ada")

    @app.get("/async-name")
    async def async_name(tasks: BackgroundTasks):
        tasks.add_task(send_async, "ada")

    @app.get("/dict")
    async def in_dict(tasks: BackgroundTasks):
        tasks.add_task(registry["send"], "ada")

    @app.get("/partial")
    async def in_partial(tasks: BackgroundTasks):
        tasks.add_task(bound, "ada")
"""


@fact("A9", "A patch replaces one name of one module: who took the function earlier still has the real one.")
def patching() -> Seen:
    """One module, four ways to get at its function."""
    module = _module("mailing", _MAILING)
    client = quiet_client(module.app)
    observed = dict[str, bool]()
    with mock.patch("mailing.send") as send, mock.patch("mailing.send_async") as send_async:
        for path in ("/name", "/async-name"):
            client.get(path)
        observed["by name: the stand-in was called"] = send.call_count == send_async.await_count == 1
        observed["and nothing was sent"] = not module.log
        for path in ("/dict", "/partial"):
            client.get(path)
        observed["from a dict or a partial: really sent"] = module.log == ["really sent"] * 2
    return saw(observed)


def _module(name: str, text: str) -> types.ModuleType:
    folder = Path(mkdtemp())
    (folder / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    sys.path.insert(0, str(folder))
    return importlib.import_module(name)


_RELOADED = """
    import asyncio, os
    from pathlib import Path
    from fastapi import BackgroundTasks, FastAPI

    app = FastAPI()

    async def task():
        print("task begins")
        while not Path("go on").exists():
            await asyncio.sleep(0.01)
        print("task ends")

    @app.get("/task")
    async def with_task(tasks: BackgroundTasks):
        tasks.add_task(task)
"""


@fact(
    "A10",
    "--reload waits for running tasks, and the new server starts only then.",
    known=["uvicorn; os_name == 'posix'"],
)
def reload() -> Seen:
    """A file is changed while a task is held; what the terminal shows, in order."""
    folder = Path(mkdtemp())
    app, gate = folder / "reloaded.py", FileGate(folder / "go on")
    app.write_text(textwrap.dedent(_RELOADED), encoding="utf-8")
    with launch("reloaded:app", "--reload", folder=folder) as server:
        server.client.get("/task")
        server.wait_for("task begins")
        app.write_text(app.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        server.wait_for("Waiting for background tasks to complete")
        gate.open()
        server.wait_for("Application startup complete", times=2, timeout=40)
        order = _in_log(server, "Reloading", "Waiting for background", "task ends", "startup complete")
    wanted = ["startup complete", "Reloading", "Waiting for background", "task ends", "startup complete"]
    return Seen(order == wanted, ", ".join(order))


def _in_log(server: ServerProcess, *texts: str) -> list[str]:
    """Which of the texts are in which order in the log."""
    return [text for line in server.log for text in texts if text in line]


@fact(
    "A11",
    "Your loggers' warnings come out bare, their infos not; uvicorn's access line precedes the task.",
)
def logs() -> Seen:
    """A terminal with uvicorn's own logging, and a task that logs."""
    app, terminal, done = FastAPI(), io.StringIO(), Gate("done")
    sys.stdout = sys.stderr = terminal  # where uvicorn's handlers will write
    begun = threading.Event()

    def task() -> None:
        begun.set()
        terminal.write("task begins\n")
        log = logging.getLogger("shop")
        log.info("an info")
        log.warning("a warning")
        done.open()

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    with serve_plain(uvicorn.Config(app)) as client:
        client.get("/")
        done.wait(20)
    lines = terminal.getvalue().splitlines()
    access = [n for n, line in enumerate(lines) if "GET / HTTP" in line]
    begins = [n for n, line in enumerate(lines) if line == "task begins"]
    return saw(
        {
            "a bare line for the warning": "a warning" in lines,
            "none for the info": not any("an info" in line for line in lines),
            "the access line before the task": len(access) == 1 and access < begins,
        }
    )


@fact(
    "F60b",
    "A bare task's failure is in its span and leaves the app, a guarded one's only in the log; in the "
    "metrics of its request neither is a failure.",
    known=["fastapi>=0.142"],
)
def who_hears() -> Seen:
    """The same failure, bare and guarded, and who has heard of it."""
    from course.lessons.testing_and_debugging.tracing import Watch  # it takes a while, which few need

    def fail() -> None:
        raise ConnectionError

    def heard(task: Callable[[], None]) -> dict[str, Any]:
        watch = Watch()
        app = FastAPI(telemetry=watch.telemetry)

        @app.post("/", status_code=202)
        async def order(tasks: BackgroundTasks) -> None:
            tasks.add_task(task)

        with watch:
            quiet_client(watch.around(app)).post("/")
        return watch.heard()

    bare, careful = heard(fail), heard(guarded(fail))
    name = "ConnectionError"
    return Seen(
        bare == {"request": 202, "span": name, "around": name, "log": None, "counter": 0}
        and careful == {"request": 202, "span": None, "around": None, "log": name, "counter": 0},
        f"bare: {bare}; guarded: {careful}",
    )


@fact(
    "F60c",
    "The span of a task has the name of the function that was added: with functools.wraps that of the task, "
    "without it that of the wrapper, and also with it if the task is a partial or an object.",
    known=["fastapi>=0.142"],
)
def names_of_wrappers() -> Seen:
    """A task in a wrapper, with and without functools.wraps; a partial and an object in one with it."""
    from course.lessons.testing_and_debugging.tracing import Spans  # it takes a while, which few need

    def task() -> None:
        """Do nothing."""

    def bare() -> None:
        task()

    class Task:
        def __call__(self) -> None:
            """Do nothing."""

    def wrapper(inner: Callable[[], None]) -> Callable[[], None]:
        @functools.wraps(inner)
        def run() -> None:
            inner()

        return run

    spans = Spans()
    app = FastAPI(telemetry={"tracer_provider": spans.provider})

    @app.post("/")
    async def order(tasks: BackgroundTasks) -> None:
        tasks.add_task(bare)
        for inner in (task, functools.partial(task), Task()):
            tasks.add_task(wrapper(inner))

    quiet_client(app).post("/")
    found = [span.attributes or {} for span in spans.finished if span.name == "fastapi.background_task"]
    names = [str(one.get("code.function.name")).rpartition(".")[2] for one in found]
    return Seen(names == ["bare", "task", "run", "run"], f"names: {names}")


@fact(
    "F60e",
    "In the span of a failed task the error's type has its module, unless it is a builtin.",
    known=["fastapi>=0.142"],
)
def types_of_errors() -> Seen:
    """Two tasks that fail, one with an error of a library."""
    from course.lessons.testing_and_debugging.tracing import Spans  # it takes a while, which few need

    def fail(error: Exception) -> None:
        raise error

    spans = Spans()
    app = FastAPI(telemetry={"tracer_provider": spans.provider})

    @app.post("/{kind}")
    async def order(kind: str, tasks: BackgroundTasks) -> None:
        tasks.add_task(fail, ConnectionError() if kind == "builtin" else smtplib.SMTPServerDisconnected())

    for kind in ("builtin", "library"):
        quiet_client(app).post(f"/{kind}")
    found = [span.attributes or {} for span in spans.finished if span.name == "fastapi.background_task"]
    types = [one.get("error.type") for one in found]
    return Seen(types == ["ConnectionError", "smtplib.SMTPServerDisconnected"], f"types: {types}")


@fact(
    "F60",
    "The request's span ends with its response, and each injected task has a span of its own, with its "
    "error; a task of Response(background=...) has none.",
    known=["fastapi>=0.142"],
)
def spans() -> Seen:
    """The spans of a request with two tasks, one of which fails, and of one with Starlette's task."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider})

    async def work() -> None:
        await asyncio.sleep(0.01)

    def fail() -> None:
        raise ValueError("task")

    @app.get("/injected")
    async def injected(tasks: BackgroundTasks) -> None:
        tasks.add_task(work)
        tasks.add_task(fail)

    @app.get("/attached")
    async def attached() -> JSONResponse:
        return JSONResponse(None, background=BackgroundTask(work))

    client = TestClient(app, raise_server_exceptions=False)
    client.get("/injected")
    finished = exporter.get_finished_spans()
    tasks = [span for span in finished if span.name == "fastapi.background_task"]
    (request,) = (span for span in finished if span.name.startswith("GET"))
    exporter.clear()
    client.get("/attached")
    of_starlette = [span for span in exporter.get_finished_spans() if span.name == "fastapi.background_task"]

    ends = [span.end_time or 0 for span in tasks]
    after = len(tasks) == 2 and (request.end_time or 0) <= min(span.start_time or 0 for span in tasks)
    errors = [span.status.status_code.name for span in tasks]
    return Seen(
        after
        and ends == sorted(ends)
        and errors[-1:] == ["ERROR"]
        and "ERROR" not in errors[:1]
        and not of_starlette,
        f"{len(tasks)} task spans, begun after the request's end: {after}; states {errors}; "
        f"of Starlette's task: {len(of_starlette)}",
    )


@fact(
    "F60d",
    "Without a `traceparent` each request is a trace of its own, and its span has no parent; with one its "
    "parent is the client's span, and two requests may be one trace.",
    known=["fastapi>=0.142"],
)
def spans_of_a_client() -> Seen:
    """The spans of two requests without that header, and of two with the same one."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from opentelemetry.trace import SpanKind

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider})
    app.get("/")(lambda: None)
    client = TestClient(app)
    observed = dict[str, bool]()
    for name, headers in (
        ("without", {}),
        ("with", {"traceparent": f"00-{'4bf92f35' * 4}-{'00f067aa' * 2}-01"}),
    ):
        exporter.clear()
        for _ in range(2):
            client.get("/", headers=headers)
        own = [span for span in exporter.get_finished_spans() if span.kind is SpanKind.SERVER]
        traces = {span.context.trace_id for span in own}
        parents = [span.parent.span_id if span.parent else None for span in own]
        wanted = (1, [0x00F067AA00F067AA] * 2) if headers else (2, [None] * 2)
        observed[f"{name} the header: {len(traces)} traces of 2 requests"] = (len(traces), parents) == wanted
    return saw(observed)
