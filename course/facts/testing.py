"""What tests see of background tasks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any
from unittest import mock

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.testclient import TestClient

from course.facts import Seen, fact
from course.facts._experiments import saw
from course.lessons.testing_and_debugging.notebooks import IGNORED, gate
from course.live import Gate, serve
from course.live.testing import run_tests

_LETTERS = """
real = []
def send(to): real.append(to)
async def send_async(to): real.append(to)
"""

_SHOP = """
from fastapi import BackgroundTasks, FastAPI
from facts_letters import send, send_async
app = FastAPI()
by_name = {"send": send}
before = []

@app.get("/name")
async def name(tasks: BackgroundTasks):
    for function in before:
        tasks.add_task(function)
    tasks.add_task(send, "ada")

@app.get("/dict")
async def dict_(tasks: BackgroundTasks):
    tasks.add_task(by_name["send"], "ada")

@app.get("/async")
async def async_(tasks: BackgroundTasks):
    tasks.add_task(send_async, "ada")
"""


def _module(name: str, source: str) -> Any:
    module = sys.modules[name] = ModuleType(name)
    exec(source, vars(module))
    return module


@fact(
    "F40",
    "A patch works only where the endpoint looks that very name up at add_task; whoever took the function "
    "earlier still has the real one. An async function gets an AsyncMock by itself.",
)
def patches() -> Seen:
    """Each row: what is patched, what is requested, whether the mock and the real function were called."""
    letters = _module("facts_letters", _LETTERS)
    shop = _module("facts_shop", _SHOP)

    def called(target: str, path: str, end_patch_first: bool = False) -> str:
        letters.real.clear()
        patch = mock.patch(target)
        replaced = patch.start()
        shop.before[:] = [patch.stop] if end_patch_first else []
        TestClient(shop.app).get(path)
        if not end_patch_first:
            patch.stop()
        kind = "awaited" if isinstance(replaced, mock.AsyncMock) and replaced.await_count else "called"
        return f"mock {kind}" * bool(replaced.call_count) + "real" * bool(letters.real)

    seen = [
        called("facts_shop.send", "/name"),
        called("facts_letters.send", "/name"),
        called("facts_shop.send", "/dict"),
        called("facts_shop.send_async", "/async"),
        called("facts_shop.send", "/name", end_patch_first=True),
    ]
    expected = ["mock called", "real", "real", "mock awaited", "mock called"]
    return Seen(seen == expected, f"where used, where defined, dict, async, patch ended: {', '.join(seen)}")


@fact(
    "F40b",
    "patch.dict puts a dictionary back as it was, also after an error; what others have added meanwhile is "
    "gone.",
)
def patched_dictionaries() -> Seen:
    """What is in the table when the patch has ended with an error."""
    app = FastAPI()
    table: dict[Any, Any] = app.dependency_overrides
    table["before"] = "theirs"
    with contextlib.suppress(ConnectionError), mock.patch.dict(table, {"before": "ours", "own": "ours"}):
        table["meanwhile"] = "theirs"
        raise ConnectionError
    return Seen(
        app.dependency_overrides is table and table == {"before": "theirs"},
        f"in the table afterwards: {table}",
    )


@fact(
    "F41",
    "TestClient and ASGITransport return only when the tasks have ended; only a server shows that nobody "
    "waits for them.",
)
def who_waits() -> Seen:
    """Whether the task has ended when the client has its reply."""
    app, gate, ended = FastAPI(), Gate("the client has its reply"), []

    async def task(held: bool) -> None:
        if held:
            await gate.wait_async(10)
        else:
            await asyncio.sleep(0.02)
        ended.append("task")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks, held: bool = False) -> None:
        tasks.add_task(task, held)

    async def through_transport() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            await client.get("/")

    def waited() -> bool:
        there = bool(ended)
        ended.clear()
        return there

    TestClient(app).get("/")
    test_client = waited()
    asyncio.run(through_transport())
    transport = waited()
    with serve(app) as server:
        server.client.get("/", params={"held": True})
        a_server = waited()
        gate.open()
        server.settle()
    return Seen(
        (test_client, transport, a_server) == (True, True, False),
        f"the task had ended: TestClient {test_client}, ASGITransport {transport}, server {a_server}",
    )


@fact(
    "F42",
    "TestClient and ASGITransport raise what a task raises, unless they are told to give the response; an "
    "HTTPException comes out as a RuntimeError.",
)
def raised_in_tests() -> Seen:
    """What comes out of each client, with its switch on and off."""
    app = FastAPI()

    def fail(error: Exception) -> None:
        raise error

    @app.get("/value")
    async def value(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail, ValueError("task"))

    @app.get("/http")
    async def http(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail, HTTPException(418))

    async def through_transport(raises: bool) -> str:
        transport = httpx.ASGITransport(app, raise_app_exceptions=raises)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return str((await client.get("/value")).status_code)

    def outcome(request: Any) -> str:
        try:
            return str(request())
        except Exception as error:
            return type(error).__name__

    silent = TestClient(app, raise_server_exceptions=False)
    seen = [
        outcome(lambda: TestClient(app).get("/value").status_code),
        outcome(lambda: asyncio.run(through_transport(True))),
        outcome(lambda: silent.get("/value").status_code),
        outcome(lambda: asyncio.run(through_transport(False))),
        outcome(lambda: TestClient(app).get("/http").status_code),
    ]
    expected = ["ValueError", "ValueError", "200", "200", "RuntimeError"]
    return Seen(seen == expected, f"TestClient, ASGITransport, both told not to, HTTPException: {seen}")


@fact(
    "F43",
    "Without `with`, TestClient gives each request an event loop of its own: what create_task started is "
    "cancelled with it, and no lifespan runs; ASGITransport never runs the lifespan.",
)
def loops_of_the_test_client() -> Seen:
    """The same job and the same lifespan under three clients."""
    happened: list[str] = []
    jobs: set[asyncio.Task[None]] = set()
    finish = Gate("the request is over")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        happened.append("lifespan")
        yield

    app = FastAPI(lifespan=lifespan)

    async def job() -> None:
        try:
            await finish.wait_async(10)
            happened.append("done")
        except asyncio.CancelledError:
            happened.append("cancelled")
            raise

    @app.get("/job")
    async def start() -> None:
        jobs.add(asyncio.create_task(job()))
        await asyncio.sleep(0)

    @app.get("/join")
    async def join() -> None:
        await asyncio.wait(jobs)

    @app.get("/")
    async def index() -> None:
        """Do nothing."""

    async def through_transport() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            await client.get("/")

    def taken() -> list[str]:
        events = list(happened)
        happened.clear()
        jobs.clear()
        return events

    TestClient(app).get("/job")
    without = taken()
    with TestClient(app) as client:
        client.get("/job")
        finish.open()
        client.get("/join")
    within = taken()
    asyncio.run(through_transport())
    transport = taken()
    return Seen(
        (without, within, transport) == (["cancelled"], ["lifespan", "done"], []),
        f"without `with`: {without}; with: {within}; ASGITransport: {transport}",
    )


@fact("F44", "caplog sees an INFO only if a level lets it through: the root logger's is WARNING.")
def infos_in_caplog() -> Seen:
    """What one test logs, with and without set_level."""
    log, seen = logging.getLogger("facts.shop"), dict[str, list[str]]()

    def test_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
        log.info("sent")
        seen["as it is"] = list(caplog.messages)

    def test_with_a_level(caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO", logger="facts.shop")
        log.info("sent")
        seen["with a level"] = list(caplog.messages)

    def test_after_it(caplog: pytest.LogCaptureFixture) -> None:
        log.info("sent")
        seen["after it"] = list(caplog.messages)

    run_tests(test_as_it_is, test_with_a_level, test_after_it)
    return Seen(seen == {"as it is": [], "with a level": ["sent"], "after it": []}, f"captured: {seen}")


@fact("F44b", "All tests share one caplog.handler: a filter that is not taken out is in every later test.")
def filters_in_caplog() -> Seen:
    """How many filters a test finds, after one that added one, and after one that used `filtering`."""
    seen = dict[str, int]()

    def test_with_filtering(caplog: pytest.LogCaptureFixture) -> None:
        with caplog.filtering(logging.Filter("a")):
            seen["inside"] = len(caplog.handler.filters)

    def test_after_filtering(caplog: pytest.LogCaptureFixture) -> None:
        seen["after filtering"] = len(caplog.handler.filters)
        caplog.handler.addFilter(logging.Filter("b"))

    def test_after_add_filter(caplog: pytest.LogCaptureFixture) -> None:
        seen["after addFilter"] = len(caplog.handler.filters)

    run_tests(test_with_filtering, test_after_filtering, test_after_add_filter)
    wanted = {"inside": 1, "after filtering": 0, "after addFilter": 1}
    return Seen(seen == wanted, f"filters: {seen}")


@fact(
    "F44c",
    "A filter of a logger sees only what is logged with that logger; a handler's sees all that it writes.",
)
def filters_of_loggers() -> Seen:
    """A record of another logger, with a filter of the root logger, and then with one of its handler."""
    root, written = logging.getLogger(), list[str]()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(getattr(record, "request_id", "-"))

    def add_id(record: logging.LogRecord) -> bool:
        record.request_id = "r-17"
        return True

    handler = Handler()
    root.addHandler(handler)
    for place in (root, handler):
        place.addFilter(add_id)
        logging.getLogger("facts.shop").warning("sent")
        place.removeFilter(add_id)
    return Seen(written == ["-", "r-17"], f"ids: {written}")


@fact(
    "F87",
    "--nbval-lax and NBVAL_IGNORE_OUTPUT hide a wrong output together with the one that changes; a pattern "
    "hides what it matches.",
)
def hidden_outputs() -> Seen:
    """A cell whose id always differs, and whose stored price is wrong."""
    code, stored = 'import uuid\nprint(uuid.uuid4().hex, "costs", 5)', "0a1b costs 4"
    (lax,) = gate((code, stored), lax=True)
    ignoring, sanitised = gate((IGNORED + code, stored), (code, stored), sanitize="[0-9a-f]{4,}")
    return saw(
        {
            f"lax: {lax}": lax == "cell 1: green",
            f"ignored: {ignoring}": ignoring == "cell 1: green",
            f"sanitised: {sanitised}": "stored 'X costs 4" in sanitised and "now 'X costs 5" in sanitised,
        }
    )


@fact(
    "F87b",
    "nbval compares nothing with a cell that has no execution count; with one, a missing output is red.",
)
def unrun_cells() -> Seen:
    """The same cell without an output: saved without having been run, and with only its output removed."""
    unrun, emptied = gate(("print(1)", None), ("print(1)", ""))
    return saw({f"never run: {unrun}": unrun == "cell 1: green", f"emptied: {emptied}": "red" in emptied})
