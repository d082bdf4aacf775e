"""What makes races certain: answers that are held, and time that is skipped."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from course.live import Gate, serve
from course.practice._clock import Deadline
from course.practice.race import HeldAnswers, Lookers, Meeting, RacingConnection, TimeLapse, other_hashes

LONG = 3600.0  # seconds that nobody waits for in a test


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate("the answer")
    yield made
    made.open()


def test_an_answer_is_held_when_it_is_complete(gate: Gate) -> None:
    app, order = FastAPI(), []

    @app.post("/orders", status_code=202)
    def accept() -> dict[str, int]:
        order.append("stored")
        return {"id": 1}

    held = HeldAnswers(app, gate)
    with serve(held) as server:
        pending = server.submit("POST", "/orders")
        assert held.made.wait(10)
        assert (held.status, held.body, order, pending.done) == (202, b'{"id":1}', ["stored"], False)
        gate.open()
        assert pending.result().json() == {"id": 1}


def test_other_methods_are_answered_at_once(gate: Gate) -> None:
    app = FastAPI()
    app.get("/")(lambda: "here")
    with serve(HeldAnswers(app, gate)) as server:
        assert server.client.get("/").json() == "here"


@pytest.mark.parametrize("waits", [0.5, LONG / 2])
def test_who_waits_for_seconds_has_waited_for_them(waits: float) -> None:
    app, begun, done = FastAPI(), threading.Event(), threading.Event()

    @app.post("/")
    async def wait() -> None:
        begun.set()
        await asyncio.sleep(waits)
        done.set()

    lapse = TimeLapse(app)
    began = time.monotonic()
    with serve(lapse) as server:
        server.client.get("/nothing")  # the loop is known from now on
        pending = server.submit("POST", "/")
        assert begun.wait(10)
        lapse.skip(LONG)
        assert pending.result().is_success
        assert done.is_set()
    assert time.monotonic() - began < LONG / 2


def test_who_waits_for_an_event_notices_nothing() -> None:
    app, event = FastAPI(), Gate("the event")

    @app.post("/")
    async def wait() -> None:
        await event.wait_async(timeout=2 * LONG)

    lapse = TimeLapse(app)
    with serve(lapse) as server:
        server.client.get("/nothing")
        pending = server.submit("POST", "/")
        lapse.skip(LONG)
        assert not pending.done
        event.open()
        assert pending.result().is_success


def test_who_waits_for_seconds_waits_while_time_stands() -> None:
    app, begun = FastAPI(), threading.Event()

    @app.post("/{seconds}")
    async def wait(seconds: float) -> None:
        if seconds:
            begun.set()
        async with asyncio.timeout(LONG):
            await asyncio.to_thread(lambda: None)
        await asyncio.sleep(seconds)

    lapse = TimeLapse(app)
    with serve(lapse) as server:
        server.client.get("/nothing")
        with lapse.standing():
            pending = server.submit("POST", "/0.001")
            assert begun.wait(10)
            assert server.client.post("/0").is_success
            time.sleep(0.01)
            lapse.rounds()
            assert not pending.done
        assert pending.result().is_success
        assert server.client.post("/0.001").is_success


def test_rounds_on_a_loop_that_is_closed_come_back() -> None:
    app = FastAPI()
    lapse = TimeLapse(app)
    with serve(lapse) as server:
        server.client.get("/nothing")
    lapse.rounds()


def test_on_a_loop_that_stands_still_no_time_is_skipped() -> None:
    app, event, begun = FastAPI(), threading.Event(), threading.Event()
    patience = 0.1  # without one, it needs a process in which nobody else has anything to do

    @app.post("/")
    async def blocks() -> None:
        begun.set()
        event.wait()

    lapse = TimeLapse(app)
    with serve(lapse) as server:
        server.client.get("/nothing")
        pending = server.submit("POST", "/")
        assert begun.wait(10)
        lapse.skip(LONG, patience)
        assert not lapse.rounds(1, patience)
        assert lapse._skipped == 0
        event.set()
        assert pending.result().is_success
        assert lapse.rounds(1, patience)


def test_each_part_has_the_deadline_for_itself() -> None:
    deadline, event = Deadline(LONG), threading.Event()
    deadline.limit = 0.4
    parts = iter(range(4))

    class Parts(threading.Event):
        """Begins another part each time that it is looked at, then is set."""

        def wait(self, timeout: float | None = None) -> bool:
            time.sleep(timeout or 0)
            if next(parts, None) is None:
                return True
            deadline.renew()
            return False

    assert deadline.wait(Parts())
    assert not deadline.wait(event)


def test_another_process_has_other_hashes() -> None:
    here = hash("order-1")
    with other_hashes():
        assert hash("order-1") != here
        assert {"order-1": True}["order-1"], "dicts and sets know what they hold"
    assert hash("order-1") == here


def connection_to(path: Path) -> RacingConnection:
    return sqlite3.connect(path, factory=RacingConnection, check_same_thread=False)


@pytest.mark.parametrize("through", ["connection", "cursor"])
def test_who_looks_waits_until_all_have_looked(through: str, tmp_path: Path) -> None:
    everybody = threading.Barrier(2)

    def look_then_insert() -> None:
        connection = connection_to(tmp_path / "race.sqlite")
        connection.everybody = everybody
        place: Any = connection if through == "connection" else connection.cursor()
        with connection:
            if not place.execute("SELECT key FROM charges WHERE key = ?", ("a",)).fetchall():
                place.execute("INSERT INTO charges VALUES ('a')")

    with connection_to(tmp_path / "race.sqlite") as first:
        first.execute("CREATE TABLE charges (key)")
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(look_then_insert)
    assert first.execute("SELECT count(*) AS many FROM charges").fetchall() == [(2,)]


@pytest.mark.parametrize(
    "look",
    [
        "select 1 AS found",
        "/* is it\nthere? */ SELECT 1",
        "\n  -- SELECT\n -- once more\nWITH found AS (SELECT 1) SELECT * FROM found",
        "VALUES (EXISTS (SELECT 1))",
        'SELECT (SELECT count("key") FROM charges) + 1, count("key") FROM charges',
    ],
)
def test_what_looks(look: str, tmp_path: Path) -> None:
    connection = connection_to(tmp_path / "race.sqlite")
    connection.execute("CREATE TABLE charges (key)")
    connection.everybody = everybody = Lookers(1)
    waits = []
    everybody.wait = lambda timeout=None: len(waits.append(timeout) or waits)
    assert connection.execute(look).fetchone()[0] == 1
    assert waits == [connection.patience]


@pytest.mark.parametrize(
    "other", ["EXPLAIN SELECT 1", "PRAGMA busy_timeout", "INSERT INTO charges VALUES (1) RETURNING key"]
)
def test_what_does_not(other: str, tmp_path: Path) -> None:
    connection = connection_to(tmp_path / "race.sqlite")
    connection.execute("CREATE TABLE charges (key)")
    connection.everybody = everybody = Lookers(1)
    everybody.wait = lambda timeout=None: pytest.fail("it waited")
    assert connection.execute(other).fetchall()


@pytest.mark.parametrize("locked", [False, True])
def test_two_threads_in_one_transaction_are_noted(locked: bool, tmp_path: Path) -> None:
    connection, lock = connection_to(tmp_path / "race.sqlite"), threading.Lock()
    connection.patience = 0.1 if locked else 60
    connection.execute("CREATE TABLE charges (key)")
    connection.meeting = meeting = Meeting()

    def insert() -> None:
        with lock if locked else nullcontext(), connection:
            connection.execute("INSERT INTO charges VALUES ('a')")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(insert)
        assert meeting.begun.wait(60)
        second = pool.submit(insert)
    assert (first.exception(), second.exception()) == (None, None)
    assert meeting.happened.is_set() is not locked
