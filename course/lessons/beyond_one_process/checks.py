"""The checks of lesson 07: what is left of the work, and who does it, when a process has died."""

import asyncio
import contextlib
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from course.live import LiveError, Server
from course.practice import Bench, NotYet, Spy, exercise
from course.practice.race import RacingConnection

_SOON = 1.5  # seconds within which a client that does not wait has its answer
_PATIENCE = 1.7  # seconds; the bench ends a server by force after two
_LOCK = 2.5  # seconds that a connection waits for a lock; a call of the learner's may take four
_MOMENT = 0.4  # seconds until a row says what has just happened; the work may be no task of a request
_FINISH = 0.3  # seconds that accepted work still takes when the server is told to stop


def _answer(server: Server, path: str) -> httpx.Response:
    try:
        return server.submit("POST", path).result(timeout=_SOON)
    except LiveError:
        raise NotYet("client-waits", request=f"POST {path}") from None


def _called(spy: Spy, number: int) -> bool:
    try:
        spy.wait(number, timeout=_SOON)
    except NotYet:
        return False
    return True


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _state(reply: httpx.Response) -> Any:
    try:
        body = reply.json()
    except ValueError:
        return reply.text
    return body.get("state", body) if isinstance(body, dict) else body


# a job and its row


class _Jobs:
    """The table of jobs, with a memory of who was set when."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, str]] = {}
        self.first: dict[str, float] = {}

    def set(self, job_id: str, state: str, detail: str = "") -> None:
        self.first.setdefault(job_id, time.perf_counter())
        self._rows[job_id] = {"state": state, "detail": detail}

    def get(self, job_id: str) -> dict[str, str] | None:
        row = self._rows.get(job_id)
        return dict(row) if row else None


@exercise("beyond.job", wants=("build_jobs",))
def check_job(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """The row is there before the answer, and tells in the end what has become of the job."""
    jobs, gate = _Jobs(), bench.gate("the work")
    started = bench.spy("work")

    async def work(job_id: str) -> None:
        started.function(job_id)
        if job_id == "bad":
            raise ValueError("no such report")
        await gate.wait_async()

    app = bench.call(build_jobs, jobs, work)
    with bench.serve(app) as server:
        _accepted(bench, server, jobs)
        if not _called(started, 1):
            if server.errors:
                raise NotYet("task-raised", error=_words(server.errors[0]))
            raise NotYet("never-worked")
        _is(bench, server, jobs, "17", "running", "not-running")
        gate.open()
        bench.settle()
        _is(bench, server, jobs, "17", "done", "stays-running")
        _answer(server, "/jobs/bad")
        bench.settle()
        _is(bench, server, jobs, "bad", "failed", "failure-lost")
        if "no such report" not in (jobs.get("bad") or {}).get("detail", ""):
            raise NotYet("no-detail")
        unknown = server.client.get("/jobs/unknown")
        if unknown.status_code == 200:
            raise NotYet("unknown-is-found", got=unknown.text)
        bench.expect(unknown, 404)


def _accepted(bench: Bench, server: Server, jobs: _Jobs) -> None:
    reply = bench.expect(_answer(server, "/jobs/17"), 202)
    if jobs.first.get("17", float("inf")) > _left_at(server):
        raise NotYet("no-row")
    if reply.headers.get("Location") != "/jobs/17":
        raise NotYet("no-location", got=reply.headers.get("Location", "none"))


def _left_at(server: Server) -> float:
    """When the response left; the client may have it before the server has noted that it is complete."""
    end = time.monotonic() + _SOON
    while True:
        try:
            return server.timeline.start("response")
        except LookupError:
            if time.monotonic() > end:
                raise
            time.sleep(0.005)


def _is(bench: Bench, server: Server, jobs: _Jobs, job_id: str, state: str, miss: str) -> None:
    end = time.monotonic() + _MOMENT
    while (row := jobs.get(job_id) or {}).get("state") != state and time.monotonic() < end:
        time.sleep(0.005)
    if row.get("state") != state:
        raise NotYet(miss, state=row.get("state"))
    reply = bench.expect(server.client.get(f"/jobs/{job_id}"), 200)
    if _state(reply) != state:
        raise NotYet("wrong-status", got=reply.text, state=state)


# a claim


class Connection(RacingConnection):
    """To the outbox."""

    patience = 0.3


@contextlib.contextmanager
def _outbox(rows: int) -> Iterator[Callable[..., Connection]]:
    """A function that opens connections to a new outbox; all are closed in the end."""
    opened: list[Connection] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def connect(everybody: threading.Barrier | None = None) -> Connection:
            path = Path(folder) / "outbox.sqlite"
            connection = sqlite3.connect(
                path, timeout=_LOCK, isolation_level=None, factory=Connection, check_same_thread=False
            )
            connection.everybody = everybody
            opened.append(connection)
            return connection

        connection = connect()
        connection.execute(
            "CREATE TABLE outbox (id INTEGER PRIMARY KEY, state TEXT DEFAULT 'new', "
            "attempts INTEGER DEFAULT 0, leased_until REAL DEFAULT 0)"
        )
        connection.executemany("INSERT INTO outbox (id) VALUES (?)", [(n + 1,) for n in range(rows)])
        try:
            yield connect
        finally:
            opened.clear()


@exercise("beyond.claim", wants=("claim",))
def check_claim(bench: Bench, claim: Callable[..., Any]) -> None:
    """A row belongs to one claimant, until it is done or the lease has run out."""
    with _outbox(rows=2) as connect:
        db, other = connect(), connect()

        def claimed(now: float) -> Any:
            got = bench.run(claim, db, now, 30)
            if got is None and db.in_transaction:
                raise NotYet("left-open")
            return tuple(got) if isinstance(got, list | tuple | sqlite3.Row) else got

        first = claimed(100)
        if first != (1, 1):
            raise NotYet("wrong-row", got=first, wanted=(1, 1))
        if db.in_transaction or _row(other, 1)[0] != "running":
            raise NotYet("not-committed", state=_row(other, 1)[0])
        if (second := claimed(110)) != (2, 1):
            raise NotYet("takes-leased" if second == (1, 2) else "wrong-row", got=second, wanted=(2, 1))
        if (third := claimed(120)) is not None:
            raise NotYet("takes-leased", got=third)
        other.execute("UPDATE outbox SET state = 'done' WHERE id = 2")
        again = claimed(131)
        if again is None:
            raise NotYet("never-recovers")
        if again != (1, 2):
            raise NotYet("wrong-row", got=again, wanted=(1, 2))
        if (early := claimed(140)) is not None:
            raise NotYet("takes-leased", got=early)
        other.execute("UPDATE outbox SET state = 'done'")
        if (finished := claimed(1000)) is not None:
            raise NotYet("takes-done", got=finished)
    _claimed_at_once(bench, claim, now=100, attempts=1)
    _claimed_at_once(bench, claim, now=500, attempts=2)


def _row(connection: sqlite3.Connection, number: int) -> tuple[Any, ...]:
    row: tuple[Any, ...] = connection.execute(
        "VALUES ((SELECT state FROM outbox WHERE id = ?))", (number,)
    ).fetchone()
    return row


def _claimed_at_once(bench: Bench, claim: Callable[..., Any], now: float, attempts: int) -> None:
    with _outbox(rows=1) as connect:
        if attempts > 1:
            connect().execute("UPDATE outbox SET state = 'running', attempts = 1, leased_until = 130")
        barrier = threading.Barrier(4)
        connections = [connect(barrier) for _ in range(4)]

        def all_at_once() -> list[Any]:
            with ThreadPoolExecutor(4) as pool:
                futures = [pool.submit(claim, connection, now, 30) for connection in connections]
                return [future.result() for future in futures]

        got = [each for each in bench.run(all_at_once) if each is not None]
        if len(got) != 1:
            raise NotYet("raced", count=len(got), kind="new" if attempts == 1 else "abandoned")


# a queue in the lifespan


class _Work:
    """Jobs that are held by a gate, are counted, and fail when they are called so."""

    def __init__(self, bench: Bench) -> None:
        self.spy = bench.spy("work")
        self.gate = bench.gate("the work")
        self.finished: list[str] = []
        self.running = 0
        self.most = 0

    async def __call__(self, job_id: str) -> None:
        self.spy.function(job_id)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait_async()
            if job_id == "bad":
                raise ValueError("no such report")
            await asyncio.sleep(0)
            self.finished.append(job_id)
        finally:
            self.running -= 1


@exercise("beyond.queue", wants=("build_queue",))
def check_queue(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """Full means 503; one at a time, in order; a failure stops nothing; what was accepted is finished."""
    work = _Work(bench)
    app = bench.call(build_queue, work.__call__, 2)
    with bench.serve(app) as server:
        bench.expect(_answer(server, "/jobs/a"), 202)
        if not _called(work.spy, 1):
            raise NotYet("never-worked")
        for job_id in ["bad", "c"]:
            reply = _answer(server, f"/jobs/{job_id}")
            if reply.status_code == 503:
                raise NotYet("full-too-early", job=job_id)
            bench.expect(reply, 202)
        full = _answer(server, "/jobs/d")
        if full.status_code == 202:
            raise NotYet("side-by-side", count=work.most) if work.most > 1 else NotYet("never-full")
        bench.expect(full, 503)
        work.gate.open()
        if not _called(work.spy, 3):
            raise NotYet("worker-died", done=", ".join(call.values[0] for call in work.spy.calls))
        _after(work, "c")
    order = [call.values[0] for call in work.spy.calls]
    if order != ["a", "bad", "c"]:
        raise NotYet("wrong-order", got=", ".join(order))
    _finishes_what_it_accepted(bench, build_queue)


def _after(work: _Work, job_id: str) -> None:
    end = time.monotonic() + _SOON
    while job_id not in work.finished and time.monotonic() < end:
        time.sleep(0.005)


def _finishes_what_it_accepted(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    work = _Work(bench)
    app = bench.call(build_queue, work.__call__, 2)
    with bench.serve(app) as server:
        for job_id in ["e", "bad", "f"]:
            bench.expect(_answer(server, f"/jobs/{job_id}"), 202)
            _called(work.spy, 1)
        opening = threading.Timer(_FINISH, work.gate.open)
        opening.daemon = True
        opening.start()
        started = time.monotonic()
        server.stop()
        took = time.monotonic() - started
        opening.join()
    if work.finished != ["e", "f"]:
        raise NotYet("lost-at-shutdown", done=", ".join(work.finished) or "none")
    if took > _PATIENCE:
        raise NotYet("never-stops")


# durable steps


class _Killed(BaseException):
    """What the process would not live to see."""


class _Mortal(sqlite3.Connection):
    """A connection of a process that may die: nothing of what it says afterwards arrives."""

    dead = False

    def die(self) -> None:
        if self.in_transaction:
            super().rollback()
        self.dead = True
        raise _Killed

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self._alive()
        return super().execute(*arguments)

    def commit(self) -> None:
        self._alive()
        super().commit()

    def _alive(self) -> None:
        if self.dead:
            raise _Killed


class _Steps:
    """Three steps that count their starts; one of them may kill the process, or fail."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.kill_in: str | None = None
        self.fail_in: str | None = None
        self.db: _Mortal | None = None
        self.misled: dict[str, Any] | None = None
        self.names = ("reserve", "notify", "charge", "close")

    def of(self, rows: list[int]) -> list[tuple[str, Callable[[dict[str, Any]], Any]]]:
        bodies: tuple[Callable[[dict[str, Any]], Any], ...] = (
            lambda results: rows,  # noqa: ARG005
            lambda results: None,  # noqa: ARG005
            lambda results: self._known(results, "reserve", rows) and sum(rows),
            lambda results: self._known(results, "charge", sum(rows)) and f"charged {sum(rows)}",
        )
        return [(name, self._step(name, body)) for name, body in zip(self.names, bodies, strict=True)]

    def _known(self, results: dict[str, Any], name: str, wanted: Any) -> bool:
        if not isinstance(results, dict) or results.get(name) != wanted:
            self.misled = {"got": results, "wanted": {name: wanted}}
        return True

    def _step(self, name: str, body: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
        def step(results: dict[str, Any]) -> Any:
            self.starts[name] += 1
            if self.kill_in == name and self.db is not None:
                self.kill_in = None
                self.db.die()
            if self.fail_in == name:
                raise ConnectionError("the bank is down")
            return body(results)

        return step


@exercise("beyond.durable", wants=("run_durably",))
def check_durable(bench: Bench, run_durably: Callable[..., Any]) -> None:
    """Killed in a step, started again: finished steps stay finished, the interrupted one starts again."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "runs.sqlite"
        steps = _Steps()
        if (whole := _life(bench, run_durably, path, "run-0", steps, [1, 2])) != _wanted([1, 2]):
            raise NotYet("wrong-results", got=whole, wanted=_wanted([1, 2]))
        other = _life(bench, run_durably, path, "run-1", steps, [5])
        if other != _wanted([5]):
            raise NotYet("runs-mixed", got=other, wanted=_wanted([5]))
        _recovers(bench, run_durably, path)
        _failure_is_no_result(bench, run_durably, path)


def _recovers(bench: Bench, run_durably: Callable[..., Any], path: Path) -> None:
    steps = _Steps()
    steps.kill_in = "charge"
    _life(bench, run_durably, path, "run-2", steps, [3, 4])
    results = _life(bench, run_durably, path, "run-2", steps, [3, 4])
    starts = steps.starts
    if starts["reserve"] > 1:
        raise NotYet("done-again", name="reserve", count=starts["reserve"])
    if starts["notify"] > 1:
        raise NotYet("none-again", count=starts["notify"])
    if starts["charge"] < 2:
        raise NotYet("interrupted-lost", results=results)
    if steps.misled:
        raise NotYet("misled", **steps.misled)
    if results != _wanted([3, 4]):
        raise NotYet("wrong-results", got=results, wanted=_wanted([3, 4]))
    _life(bench, run_durably, path, "run-2", steps, [3, 4])
    if starts["close"] > 1:
        raise NotYet("done-again", name="close", count=starts["close"])


def _failure_is_no_result(bench: Bench, run_durably: Callable[..., Any], path: Path) -> None:
    steps = _Steps()
    steps.fail_in = "charge"
    result = _life(bench, run_durably, path, "run-3", steps, [7])
    if not isinstance(result, ConnectionError):
        raise NotYet("failure-swallowed", got=result)
    steps.fail_in = None
    if _life(bench, run_durably, path, "run-3", steps, [7]) != _wanted([7]):
        raise NotYet("failure-kept")


def _wanted(rows: list[int]) -> dict[str, Any]:
    return {"reserve": rows, "notify": None, "charge": sum(rows), "close": f"charged {sum(rows)}"}


def _life(
    bench: Bench, run_durably: Callable[..., Any], path: Path, run_id: str, steps: _Steps, rows: list[int]
) -> Any:
    """One life of a process: open the file, run, and end, by itself or killed (-> None)."""

    def live() -> Any:
        db = sqlite3.connect(path, timeout=5, isolation_level=None, factory=_Mortal)
        steps.db = db
        try:
            return run_durably(db, run_id, steps.of(rows))
        except _Killed:
            return None
        except ConnectionError as error:
            return error
        finally:
            db.close()

    live.__name__ = "run_durably"  # what a message names
    return bench.run(live)
