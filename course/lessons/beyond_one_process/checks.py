"""The checks of lesson 09: what is left of the work, and who does it, when a process has died."""

import asyncio
import contextlib
import itertools
import json
import math
import queue as queues
import re
import shutil
import sqlite3
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import httpx
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import ResponseValidationError

from course.live import Gate, Server
from course.practice import Bench, NotYet, exercise
from course.practice.pauses import MetLimits
from course.practice.race import HeldAnswers, TimeLapse, other_hashes
from course.words import say

_A_DAY = 86400.0  # seconds
_SOON = 0.5  # seconds; whoever gives up has done so by then
_NEVER = 1e6  # seconds; what is held is released by the check, or by the bench in the end
_PATIENT = 60  # seconds; the bench gives up before the client does


def _posted(bench: Bench, server: Server, path: str) -> httpx.Response:
    """The answer to a POST that nothing need keep waiting."""
    pending = server.submit("POST", path, timeout=_PATIENT)
    if not bench.until(lambda: pending.done):
        raise NotYet("client-waits", request=f"POST {path}")
    return pending.result()


def _posted_at_once(bench: Bench, server: Server, lapse: TimeLapse, path: str) -> httpx.Response:
    """The answer to a POST, which comes although no time passes for the program."""
    with lapse.standing():
        pending = server.submit("POST", path, timeout=_PATIENT)
        came = bench.until(lambda: pending.done)
    if not came:
        lapse.skip(_A_DAY)
        miss = "waits-first" if bench.until(lambda: pending.done) else "client-waits"
        raise NotYet(miss, request=f"POST {path}")
    return pending.result()


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _short(value: Any, limit: int = 120) -> str:
    """A value as it is written, without what differs between runs, and not too long."""
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    return text if len(text) <= limit else f"{text[:limit]}…"


def _listed(names: Sequence[str], most: int = 4) -> str:
    """The last of them, with a sign for those before."""
    return ", ".join(["…", *names[-most:]] if len(names) > most else names) or say("none")


class _PrinterJam(Exception):
    """An error of the work that no built-in class stands for."""


# a job and its row


class _Jobs:
    """The table of jobs, with a memory of the states that each has had."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.history: dict[str, list[str]] = {}

    def set(self, job_id: str, state: str, detail: str = "") -> None:
        self.history.setdefault(job_id, []).append(state)
        self.rows[job_id] = {"state": state, "detail": detail}

    def get(self, job_id: str) -> dict[str, Any] | None:
        row = self.rows.get(job_id)
        return dict(row) if row else None

    def state(self, job_id: str) -> Any:
        return self.rows.get(job_id, {}).get("state")


class _Reports:
    """Work that is held, job by job, and fails as it was told to."""

    def __init__(self, bench: Bench, jobs: _Jobs, errors: Mapping[str, BaseException] | None = None) -> None:
        self.saw: dict[str, Any] = {}
        """What the row said when the work began."""
        self.starts: Counter[str] = Counter()
        self._together: set[str] | None = None  # who of those at work has been let go
        self._bench = bench
        self._jobs = jobs
        self._errors = errors or {}
        self._gates: dict[str, Gate] = {}

    def gate(self, job_id: str) -> Gate:
        return self._gates.setdefault(job_id, self._bench.gate(f"the work on {job_id}"))

    def function(self) -> Callable[[str], Any]:
        async def work(job_id: str) -> Any:
            self.starts[job_id] += 1
            self.saw[job_id] = self._jobs.state(job_id)
            await self.gate(job_id).wait_async(timeout=_NEVER)
            while self._together:  # all of them go on in the same round of the loop
                self._together.discard(job_id)
                await asyncio.sleep(0)
            if job_id in self._errors:
                raise self._errors[job_id]
            return _RETURNED.get(job_id)

        return work

    def open_together(self, job_ids: Iterable[str]) -> None:
        """Let jobs go on: those at work at the same moment, the others when they come to it."""
        self._together = {job_id for job_id in job_ids if job_id in self.saw}
        for job_id in job_ids:
            self.gate(job_id).open()


def _errors() -> dict[str, Exception]:
    """What some jobs fail with."""
    return {
        "bad": ValueError("no such report"),
        "worse": KeyError("chapter 3"),
        "worst": _PrinterJam(f"the printer is jammed,\n{'and jammed, ' * 60}so call somebody"),
        "silent": _PrinterJam(),
        "two": OSError(28, "no space left"),
        "again": ConnectionError("the printer is away"),
        "late": TimeoutError(),
        "page": HTTPException(404, "no such page"),
        "group": ExceptionGroup("two pages are missing", [ValueError("page 2"), KeyError("page 3")]),
    }


_LAST = "20"
_ENDS = ("done", "failed")
_RETURNED: dict[str, Any] = {"17": None, "18": False, "19": 0, "spring": "failed", _LAST: True}
"""What the work on jobs without an error returns, which says nothing about their end."""


@exercise("beyond.job", wants=("build_jobs",))
def check_job(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """The row is there before the answer, and tells in the end what has become of the job."""
    jobs = _Jobs()
    errors = _errors()
    reports = _Reports(bench, jobs, errors)
    answers = bench.gate("the answer")
    app = bench.call(build_jobs, jobs, reports.function())
    lapse = TimeLapse(app)
    held = HeldAnswers(lapse, answers)
    with bench.serve(app, inside=held) as server:
        _accepted(bench, server, jobs, reports, held, answers)
        _begins(bench, server, reports, "17")
        if reports.saw["17"] != "running":
            raise NotYet("not-running", state=reports.saw["17"])
        _says(bench, server, jobs, "17", "running", "not-running")
        lapse.skip(_A_DAY)
        if jobs.state("17") != "running":
            raise NotYet("cut-short", state=jobs.state("17"))
        reports.gate("17").open()
        _says(bench, server, jobs, "17", "done", "stays-running")
        _unknown(bench, server, jobs)
        for job_id, error in errors.items():  # nobody else is at work
            bench.expect(_posted_at_once(bench, server, lapse, f"/jobs/{job_id}"), 202)
            _begins(bench, server, reports, job_id)
            reports.gate(job_id).open()
            _failed(bench, server, jobs, reports, job_id, error)
            _leaves_no_error(bench, server)
    bench.begin_part()
    _keeps_jobs_apart(bench, build_jobs)
    bench.begin_part()
    _takes_many_at_once(bench, build_jobs)
    bench.begin_part()
    _works_for_each(bench, build_jobs)
    bench.begin_part()
    _is_not_done_when_cancelled(bench, build_jobs)
    bench.begin_part()
    with bench.serve(bench.call(build_jobs, jobs, reports.function())) as other:
        for job_id, state in (("17", "done"), ("21", "queued"), ("22", "running")):
            if job_id != "17":
                jobs.set(job_id, state)
            reply = other.client.get(f"/jobs/{job_id}")
            if reply.status_code != 200 or _state(reply) != state:
                got = _short(_body(reply))
                raise NotYet("memory", job=job_id, state=state, status=reply.status_code, got=got)
        for state in ("queued", "running", "failed", "queued"):  # somebody has posted them once more
            for job_id in ("17", "22"):
                jobs.set(job_id, state, f"{state} elsewhere")
                if _body(other.client.get(f"/jobs/{job_id}")) != jobs.get(job_id):
                    _complain_of_old_row(other, jobs, job_id)


def _complain_of_old_row(server: Server, jobs: _Jobs, job_id: str) -> None:
    """An answer may have more in it than the row, but nothing else instead of it."""
    body, row = _body(server.client.get(f"/jobs/{job_id}")), jobs.get(job_id) or {}
    if not isinstance(body, dict) or any(body.get(name) != value for name, value in row.items()):
        raise NotYet("old-row", job=job_id, got=_short(body), wanted=_short(row))


def _accepted(
    bench: Bench, server: Server, jobs: _Jobs, reports: _Reports, held: HeldAnswers, answers: Gate
) -> None:
    pending = server.submit("POST", "/jobs/17", timeout=_PATIENT)
    if not bench.until(lambda: held.made.is_set() or pending.done):
        raise NotYet("client-waits", request="POST /jobs/17")
    if held.status == 202:
        if jobs.state("17") is None:
            raise NotYet("no-row")
        first = jobs.history["17"][0]
        if first != "queued":
            raise NotYet("not-queued", state=first)
        if jobs.state("17") != "queued" and not bench.until(lambda: "17" in reports.saw):
            raise NotYet("not-yet-begun", state=jobs.state("17"))
        row = jobs.get("17")
        if server.client.get("/jobs/17").status_code == 404:
            raise NotYet("wrong-status", got="a 404", wanted=_short(row))
    answers.open()
    reply = bench.expect(pending.result(), 202)
    where = reply.headers.get("Location")
    try:
        path = reply.request.url.join(where or "/").path
    except httpx.InvalidURL:
        path = ""
    if path != "/jobs/17":
        raise NotYet("no-location", got=(where or say("none"))[:80])


def _begins(bench: Bench, server: Server, reports: _Reports, job_id: str) -> None:
    if bench.comes(lambda: job_id in reports.saw):
        return
    if server.errors:
        raise NotYet("task-raised", error=_words(server.errors[0]))
    raise NotYet("never-worked")


def _body(reply: httpx.Response) -> Any:
    try:
        return reply.json()
    except ValueError:
        return reply.text


def _state(reply: httpx.Response) -> Any:
    body = _body(reply)
    return body.get("state") if isinstance(body, dict) else None


def _says(bench: Bench, server: Server, jobs: _Jobs, job_id: str, state: str, miss: str) -> None:
    """The row says so in the end, and the client that asks is told the same."""
    bench.comes(lambda: jobs.state(job_id) in (state, *_ENDS) or jobs.state(_LAST) in _ENDS)
    if jobs.state(job_id) != state:
        if job_id != _LAST and jobs.state(_LAST) in _ENDS:
            raise NotYet("mixed", job=_LAST, state=jobs.state(_LAST), other=job_id)
        if state == "done" and jobs.state(job_id) == "failed":
            told = {"got": _short(_RETURNED.get(job_id)), "detail": _short(jobs.rows[job_id]["detail"])}
            raise NotYet("result-counts", job=job_id, **told)
        raise NotYet(miss, job=job_id, state=jobs.state(job_id))
    row = jobs.get(job_id) or {}
    reply = server.client.get(f"/jobs/{job_id}")
    if reply.status_code == 404:
        raise NotYet("wrong-status", got="a 404", wanted=_short(row))
    body = _body(bench.expect(reply, 200))
    if _state(reply) != state or body.get("detail") != row["detail"]:
        raise NotYet("wrong-status", got=_short(body), wanted=_short(row))


def _unknown(bench: Bench, server: Server, jobs: _Jobs) -> None:
    reply = server.client.get("/jobs/unknown")
    if reply.status_code == 500:
        bench.until(lambda: server.errors)  # they are noted when the answer has left
        if any(isinstance(error, ResponseValidationError) for error in server.errors):
            raise NotYet("unknown-breaks")
    if reply.is_success:
        raise NotYet("unknown-is-found", status=reply.status_code, got=_short(_body(reply)))
    bench.expect(reply, 404)
    if row := jobs.get("unknown"):
        raise NotYet("get-writes", row=_short(row))


def _keeps_jobs_apart(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """Several jobs at a time, of which some fail, each in its own way; none has to do with another's end."""
    errors = _errors()
    jobs = _Jobs()
    reports = _Reports(bench, jobs, errors)
    order = ["18", "bad", "worse", "spring", "worst", _LAST]
    with bench.serve(bench.call(build_jobs, jobs, reports.function())) as server:
        for job_id in order:
            bench.expect(_posted(bench, server, f"/jobs/{job_id}"), 202)
        for job_id in order[:-1]:
            _begins(bench, server, reports, job_id)
            _runs_only_what_has_begun(bench, jobs, reports)
            _waits_for_nobody(bench, jobs, reports, order)
            reports.gate(job_id).open()
            if job_id in errors:
                _failed(bench, server, jobs, reports, job_id, errors[job_id])
            else:
                _says(bench, server, jobs, job_id, "done", "stays-running")
            if jobs.state(_LAST) in _ENDS:
                raise NotYet("mixed", job=_LAST, state=jobs.state(_LAST), other=job_id)
        reports.gate(_LAST).open()
        _says(bench, server, jobs, _LAST, "done", "stays-running")
        bench.expect(_posted(bench, server, "/jobs/18"), 202)
        if jobs.history["18"].count("queued") < 2:
            raise NotYet("not-queued-again", states=", ".join(jobs.history["18"]))
        bench.expect(_posted(bench, server, "/jobs/bad"), 202)
        _failed(bench, server, jobs, reports, "bad", errors["bad"])
        _leaves_no_error(bench, server)


def _leaves_no_error(bench: Bench, server: Server) -> None:
    bench.settle()
    if server.errors:
        error = server.errors[0]
        if "response already started" in str(error):  # Starlette, of an HTTPException
            error = error.__cause__ or error
        raise NotYet("escaped", error=_words(error))


def _runs_only_what_has_begun(bench: Bench, jobs: _Jobs, reports: _Reports) -> None:
    for job_id in list(jobs.rows):
        if jobs.state(job_id) == "running" and not bench.comes(lambda: job_id in reports.saw):  # noqa: B023
            raise NotYet("running-too-early", job=job_id)


def _waits_for_nobody(bench: Bench, jobs: _Jobs, reports: _Reports, order: Sequence[str]) -> None:
    """All jobs begin while each of them is held."""
    bench.comes(lambda: all(job_id in reports.saw for job_id in order))
    if waiting := [job_id for job_id in order if job_id not in reports.saw]:
        others = ", ".join(job_id for job_id in order if jobs.state(job_id) == "running")
        raise NotYet("waits-for-others", job=waiting[0], state=jobs.state(waiting[0]), others=others)


def _takes_many_at_once(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """All rows are there before one answer leaves; then all work goes on at the same moment."""
    errors = _errors()
    jobs = _Jobs()
    reports = _Reports(bench, jobs, errors)
    answers = bench.gate("the answers")
    app = bench.call(build_jobs, jobs, reports.function())
    lapse = TimeLapse(app)
    order = [*errors, "18", "19"]
    with bench.serve(app, inside=HeldAnswers(lapse, answers)) as server:
        pending = [server.submit("POST", f"/jobs/{job_id}", timeout=_PATIENT) for job_id in order]
        bench.until(lambda: len(jobs.rows) == len(order) or all(each.done for each in pending))
        lapse.rounds()
        answers.open()
        for job_id, each in zip(order, pending, strict=True):
            if not bench.until(lambda: each.done):  # noqa: B023
                raise NotYet("client-waits", request=f"POST /jobs/{job_id}")
            bench.expect(each.result(), 202)
        lapse.rounds()  # the tasks follow their answers
        reports.open_together(order)
        bench.comes(lambda: all(jobs.state(job_id) in _ENDS for job_id in order))
        if idle := next((job_id for job_id in order if job_id not in reports.saw), None):
            got = ", ".join(f"{job_id} ({count} times)" for job_id, count in reports.starts.items())
            raise NotYet("swapped", job=idle, got=got)
        for job_id in order:
            if job_id in errors:
                _failed(bench, server, jobs, reports, job_id, errors[job_id])
            else:
                _says(bench, server, jobs, job_id, "done", "stays-running")


def _works_for_each(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """A job that is at work is posted once more: it runs twice, at the same time or one after the other."""
    jobs = _Jobs()
    reports = _Reports(bench, jobs, {})
    with bench.serve(bench.call(build_jobs, jobs, reports.function())) as server:
        for _ in range(2):
            bench.expect(_posted(bench, server, "/jobs/18"), 202)
            _begins(bench, server, reports, "18")
            bench.rest()  # who follows the second answer meets the first at work
        reports.gate("18").open()
        if not bench.comes(lambda: reports.starts["18"] == 2):
            raise NotYet("not-each", job="18", count=reports.starts["18"])
        _says(bench, server, jobs, "18", "done", "stays-running")


def _is_not_done_when_cancelled(bench: Bench, build_jobs: Callable[..., FastAPI]) -> None:
    """The work is cancelled: nobody may read that it is done."""
    jobs = _Jobs()
    reports = _Reports(bench, jobs, {"18": asyncio.CancelledError()})
    with bench.serve(bench.call(build_jobs, jobs, reports.function())) as server:
        bench.expect(_posted(bench, server, "/jobs/18"), 202)
        _begins(bench, server, reports, "18")
        reports.gate("18").open()
        bench.comes(lambda: jobs.state("18") in _ENDS)
        bench.finish()
    if jobs.state("18") == "done":
        raise NotYet("cancelled-is-done")


def _failed(
    bench: Bench, server: Server, jobs: _Jobs, reports: _Reports, job_id: str, error: Exception
) -> None:
    bench.comes(lambda: jobs.state(job_id) in _ENDS)
    if reports.starts[job_id] > jobs.history[job_id].count("queued"):
        raise NotYet("works-twice", job=job_id, error=repr(error))
    if jobs.state(job_id) != "failed":
        raise NotYet("failure-lost", error=_short(error), state=jobs.state(job_id))
    detail, why = jobs.rows[job_id]["detail"], str(error)
    if not isinstance(detail, str):
        raise NotYet("detail-no-text", type=type(detail).__name__)
    if detail != why:
        others = [each for each, other in _errors().items() if str(other) == detail and detail]
        if others:
            raise NotYet("other-detail", job=job_id, got=_short(detail), other=others[0], wanted=_short(why))
        raise NotYet(
            "no-detail",
            error=_short(error),
            got=_short(detail),
            length=len(detail),
            wanted=_short(why),
            whole=len(why),
        )
    _says(bench, server, jobs, job_id, "failed", "failure-lost")


# a claim


_LONG = 1e6  # seconds; the clock of the computer is far from what a claim is given as `now`
_RIVALS = re.compile(r"\s*(UPDATE|INSERT|REPLACE|DELETE|WITH)\b", re.IGNORECASE)


_CLAIM = """UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = :now + :lease
    WHERE id = (SELECT id FROM outbox WHERE state = 'new' OR (state = 'running' AND leased_until < :now)
                ORDER BY id LIMIT 1)
    RETURNING id"""


class _Table:
    """The outbox in a file, and the rival: another process, which claims rows as it should be done.

    The rival comes at the worst moment: right before a statement that writes, or before a certain statement.
    """

    def __init__(self, path: Path, rows: dict[int, tuple[str, int, float]]) -> None:
        self._path = path
        self._rival = self.connect()
        self._rival.execute(
            "CREATE TABLE outbox (id INTEGER, state TEXT, attempts INTEGER, leased_until REAL)"
        )
        self._rival.execute("BEGIN")
        self._rival.executemany(
            "INSERT INTO outbox VALUES (?, ?, ?, ?)", [(number, *row) for number, row in rows.items()]
        )
        self._rival.execute("COMMIT")
        self._comes_for: tuple[int, float] | None = None
        self.rival_has: int | None = None

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)

    def rows(self) -> dict[int, tuple[str, int, float]]:
        found = self.connect().execute("SELECT id, state, attempts, leased_until FROM outbox ORDER BY id")
        return {number: tuple(row) for number, *row in found}

    def set(self, number: int, state: str) -> None:
        self._rival.execute("UPDATE outbox SET state = ? WHERE id = ?", (state, number))

    def let_rival_come_for(self, number: int, until: float, db: sqlite3.Connection) -> None:
        """It takes that row, if it can, before ``db`` next writes."""
        self._comes_for, self.rival_has = (number, until), None
        db.set_trace_callback(self._come)

    def _come(self, statement: str) -> None:
        if self._comes_for is None or not _RIVALS.match(statement):
            return
        (number, until), self._comes_for = self._comes_for, None
        with contextlib.suppress(sqlite3.OperationalError):  # the other one holds a lock: too late
            self._rival.execute("BEGIN IMMEDIATE")
            self._rival.execute(
                "UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ? WHERE id = ?",
                (until, number),
            )
            self._rival.execute("COMMIT")
            self.rival_has = number

    def let_rival_claim(self, now: float, lease: float, before: int, db: sqlite3.Connection) -> None:
        """It claims a row, if it can, before this statement of ``db``, counted from 1."""
        self.rival_has, statements = None, 0

        def come(_: str) -> None:
            nonlocal statements
            statements += 1
            if statements == before:
                self.rival_claims(now, lease)

        db.set_trace_callback(come)

    def rival_claims(self, now: float, lease: float) -> None:
        with contextlib.suppress(sqlite3.OperationalError):  # the other one holds a lock: later
            row = self._rival.execute(_CLAIM, {"now": now, "lease": lease}).fetchone()
            self.rival_has = row and row[0]

    def let_rival_write_until(self, statements: int, db: sqlite3.Connection) -> None:
        """It holds the lock for writing, until ``db`` has begun more statements than that."""
        db.execute("SELECT id FROM outbox").fetchone()
        self._rival.execute("BEGIN IMMEDIATE")
        begun = 0

        def leave(_: str) -> None:
            nonlocal begun
            begun += 1
            if begun > statements:
                self.send_rival_away()

        db.set_trace_callback(leave)

    def send_rival_away(self) -> None:
        if self._rival.in_transaction:
            self._rival.rollback()


@contextlib.contextmanager
def _outbox(rows: dict[int, tuple[str, int, float]]) -> Iterator[_Table]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield _Table(Path(folder) / "outbox.sqlite", rows)


def _is_in_transaction(db: sqlite3.Connection) -> bool:
    """After a claim, whose caller goes on with the connection."""
    if not _is_open(db):
        raise NotYet("closes-db")
    return db.in_transaction


@dataclass
class _Claims:
    """Calls the learner's claim on one connection, and compares the table with what it should be then."""

    bench: Bench
    claim: Callable[..., Any]
    table: _Table
    db: sqlite3.Connection

    def __call__(self, now: float, lease: float) -> Any:
        def claim() -> Any:
            try:
                return self.claim(self.db, now, lease)
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    raise NotYet("deadlock") from None
                raise

        claim.__name__ = "claim"  # what a message names
        got = self.bench.run(claim)
        self.table.send_rival_away()
        if _is_in_transaction(self.db):
            raise NotYet("left-open" if got is None else "not-committed")
        return tuple(got) if isinstance(got, list | tuple | sqlite3.Row) else got

    def takes(self, now: float, lease: float, wanted: tuple[int, int]) -> None:
        """Claim this row, and write down what belongs to it and nothing else."""
        before = self._rows()
        got = self(now, lease)
        after = self._rows()
        number, attempts = wanted
        changed = [each for each in before if before[each] != after.get(each)]
        if len(changed) > 1:
            others = [each for each in changed if each != number]
            raise NotYet("takes-more", got=_short(got), others=", ".join(map(str, others)))
        if got != wanted:
            self._complain(got, wanted, before, now)
        if after.get(number, ("",))[0] != "running":
            raise NotYet("wrong-state", id=number, state=after.get(number, (say("gone"),))[0])
        if abs(after[number][2] - time.time()) < _LONG:
            raise NotYet("own-clock", wanted=f"{now + lease:g}")
        if after[number][2] != now + lease:
            raise NotYet("wrong-lease", now=now, lease=lease, got=f"{after[number][2]:g}", wanted=now + lease)
        if after[number][1] != attempts:
            raise NotYet("not-counted", got=after[number][1], wanted=attempts)

    def takes_none(self, now: float, lease: float) -> None:
        """Nothing is free: return None and leave everything as it is."""
        before = self._rows()
        if (got := self(now, lease)) is not None:
            self._complain(got, None, before, now)
        if changed := [each for each, row in self._rows().items() if row != before.get(each)]:
            raise NotYet("takes-more", got=_short(got), others=", ".join(map(str, changed)))

    def _rows(self) -> dict[int, tuple[str, int, float]]:
        try:
            return self.table.rows()
        except sqlite3.Error as error:
            raise NotYet("table-changed", error=str(error)) from None

    def _takes_when_untried(self, number: int, before: dict[int, tuple[str, int, float]], now: float) -> bool:
        """Whether it takes this row when it has been tried once at most, and nothing else is different."""
        state, attempts, until = before[number]
        if (once := int(state == "running")) >= attempts:
            return False
        with _outbox({**before, number: (state, once, until)}) as table:
            db = table.connect()
            got = _claim_or_error(self.bench, self.claim, db, now)
            db.close()
        return isinstance(got, list | tuple | sqlite3.Row) and tuple(got[:1]) == (number,)

    def _complain(self, got: Any, wanted: Any, before: dict[int, tuple[str, int, float]], now: float) -> None:
        number = got[0] if isinstance(got, tuple) and len(got) == 2 else None
        state, _, until = before.get(number, ("", 0, 0.0)) if isinstance(number, int) else ("", 0, 0.0)
        if number is not None and number == self.table.rival_has:
            raise NotYet("raced", id=number, kind=say("abandoned") if state == "running" else say("new"))
        if state == "done":
            raise NotYet("takes-done", got=_short(got))
        if state == "running" and until >= now:
            raise NotYet("takes-leased", got=_short(got), until=f"{until:g}", now=f"{now:g}")
        if got is None and self.table.rival_has is not None:
            raise NotYet("gives-up", wanted=wanted)
        if wanted and number != wanted[0] and self._takes_when_untried(wanted[0], before, now):
            tried = {"id": wanted[0], "attempts": before[wanted[0]][1]}
            raise NotYet("tried-often", got=_short(got), wanted=wanted, **tried)
        free = before.get(wanted[0], ("",))[0] if wanted else ""
        if free == "running" and (got is None or number != wanted[0]):
            over = f"{before[wanted[0]][2]:g}"
            miss = "never-recovers" if got is None else "wrong-order"
            raise NotYet(miss, got=_short(got), wanted=wanted, until=over, now=f"{now:g}")
        if wanted is None:
            raise NotYet("not-none", got=_short(got))
        raise NotYet("wrong-row", got=_short(got), wanted=_short(wanted))


@exercise("beyond.claim", wants=("claim",))
def check_claim(bench: Bench, claim: Callable[..., Any]) -> None:
    """A row belongs to one claimant, until it is done or the lease has run out."""
    rows: dict[int, tuple[str, int, float]] = {5: ("new", 0, 0), 3: ("new", 0, 0), 4: ("new", 2, 0)}
    with _outbox(rows) as table:
        claims = _Claims(bench, claim, table, table.connect())
        claims.takes(100, 30, (3, 1))
        claims.takes(110, 50.75, (4, 3))
        claims.takes(120, 30, (5, 1))
        claims.takes_none(125, 30)
        table.set(5, "done")
        claims.takes_none(130, 30)  # 3 is leased until 130
        claims.takes(131, 50, (3, 2))
        claims.takes_none(160.25, 30)  # 4 is leased until 160.75, 3 until 181
        elsewhere = _Claims(bench, claim, table, table.connect())
        elsewhere.takes(160.8, 30, (4, 4))
        elsewhere.takes(182, 5, (3, 3))
        elsewhere.takes_none(186, 30)
        for number in (3, 4):
            table.set(number, "done")
        claims.takes_none(1000, 30)
    bench.begin_part()
    _oldest_first(bench, claim)
    _whatever_else_a_row_says(bench, claim)
    _rivals(bench, claim)
    bench.begin_part()
    _the_same_moment(bench, claim)
    _says_that_it_failed(bench, claim)
    bench.begin_part()
    _fails_in_the_middle(bench, claim)


def _oldest_first(bench: Bench, claim: Callable[..., Any]) -> None:
    """A row that was abandoned comes before one that is new, if it is older; whoever had leased it."""
    rows: dict[int, tuple[str, int, float]] = {
        2: ("new", 0, 0), 1: ("running", 1, 130), 7: ("running", 3, 90), 8: ("running", 1, 500),
    }  # fmt: skip
    with _outbox(rows) as table:
        claims = _Claims(bench, claim, table, table.connect())
        claims.takes(200, 30, (1, 2))
        claims.takes(201, 30, (2, 1))
        claims.takes(202, 30, (7, 4))
        claims.takes_none(203, 30)


def _whatever_else_a_row_says(bench: Bench, claim: Callable[..., Any]) -> None:
    """Ids are numbers, also 0 and 10; attempts may be many; no rows at all."""
    rows: dict[int, tuple[str, int, float]] = {
        9: ("new", 7, 0), 10: ("new", 0, 0), 0: ("running", 41, 90),
    }  # fmt: skip
    for table_has in (rows, {}):
        with _outbox(table_has) as table:
            claims = _Claims(bench, claim, table, table.connect())
            for wanted in [(0, 42), (9, 8), (10, 1)] if table_has else []:
                claims.takes(200, 0.5, wanted)
            claims.takes_none(200.5, 30)
    old = {number: ("running" if number % 2 else "done", 1, 1000.25 - number % 2) for number in range(1500)}
    with _outbox(old | {1400: ("new", 2, 0), 1600: ("running", 0, 899.5)}) as table:
        claims = _Claims(bench, claim, table, table.connect())
        for wanted in [(1400, 3), (1600, 1)]:
            claims.takes(899.75, 300, wanted)
        claims.takes_none(899.75, 30)


def _rivals(bench: Bench, claim: Callable[..., Any]) -> None:
    """Another process takes the row between a look and a write."""
    for kind, oldest in ((say("new"), ("new", 0, 0.0)), (say("abandoned"), ("running", 1, 130.0))):
        for others in ({2: ("new", 0, 0.0)}, {}):
            with _outbox({1: oldest, **others}) as table:
                db = table.connect()
                claims = _Claims(bench, claim, table, db)
                table.let_rival_come_for(1, 530, db)
                got = claims(500, 30)
                if got is not None and got[:1] == (1,) and table.rival_has == 1:
                    raise NotYet("raced", id=1, kind=kind)
                if table.rival_has == 1 and others and got != (2, 1):
                    if got is None:
                        raise NotYet("gives-up", wanted=(2, 1))
                    raise NotYet("wrong-row", got=_short(got), wanted=(2, 1))
                if table.rival_has == 1 and not others and got is not None:
                    raise NotYet("raced", id=1, kind=kind)


def _the_same_moment(bench: Bench, claim: Callable[..., Any]) -> None:
    """Another process claims a row before one statement or the other, with the same `now` and lease."""
    for before in range(1, _STATEMENTS):
        with _outbox({1: ("running", 1, 130.0), 2: ("new", 0, 0.0), 3: ("new", 0, 0.0)}) as table:
            db = table.connect()
            table.let_rival_claim(500, 30, before, db)
            got = _Claims(bench, claim, table, db)(500, 30)
            came = table.rival_has is not None
            if not came:  # it was too early, or too late
                table.rival_claims(500, 30)
            if got is None:
                raise NotYet("gives-up", wanted=(2, 1))
            mine = got[0] if isinstance(got, tuple) else got
            if mine == table.rival_has:
                miss = "raced" if table.rows()[2][0] == "new" else "same-row"
                raise NotYet(miss, id=mine, kind=say("free"))
            if {mine, table.rival_has} != {1, 2} or table.rows()[3][0] != "new":
                raise NotYet("wrong-row", got=_short(got), wanted=(1, 2) if table.rival_has == 2 else (2, 1))


_STATEMENTS = 7  # more than a claim begins


def _claim_or_error(bench: Bench, claim: Callable[..., Any], db: sqlite3.Connection, now: float = 500) -> Any:
    """What one claim returned, or the error of the database that came out."""

    def claim_once() -> Any:
        try:
            return claim(db, now, 30)
        except sqlite3.Error as error:
            return error

    claim_once.__name__ = "claim"  # what a message names
    return bench.run(claim_once)


def _leaves_nothing_open(error: sqlite3.Error, db: sqlite3.Connection) -> None:
    if _is_in_transaction(db):
        raise NotYet("open-after-error", error=_words(error))


def _says_that_it_failed(bench: Bench, claim: Callable[..., Any]) -> None:
    """Another process writes for longer than anybody waits; who tries again finds the row in the end."""
    with _outbox({1: ("new", 0, 0.0)}) as table:
        db = table.connect()
        table.let_rival_write_until(_STATEMENTS, db)
        got = _claim_or_error(bench, claim, db)
        table.send_rival_away()
        if isinstance(got, sqlite3.Error):
            _leaves_nothing_open(got, db)
        elif tuple(got or ()) != (1, 1):
            raise NotYet("error-hidden", got=_short(got))


_BROKEN = (
    "CREATE TRIGGER refuse BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END",
    "ALTER TABLE outbox RENAME TO outbox_of_yesterday",
)
"""What makes a claim impossible: one of them lets it begin, and look."""


def _fails_in_the_middle(bench: Bench, claim: Callable[..., Any]) -> None:
    """The statement that writes fails, or no statement can do anything; nobody else is there."""
    for broken in _BROKEN:
        with _outbox({1: ("new", 0, 0.0)}) as table:
            db = table.connect()
            db.execute(broken)
            got = _claim_or_error(bench, claim, db)
            if not isinstance(got, sqlite3.Error):
                raise NotYet("error-lost", got=_short(got))
            _leaves_nothing_open(got, db)


# a queue in the lifespan


class _Line:
    """Jobs that are held one by one, in the order in which they begin, and fail when they are called so."""

    def __init__(self, bench: Bench, errors: dict[str, Exception]) -> None:
        self.errors = errors
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.failed: list[str] = []
        self.running = 0
        self.most = 0
        self._bench = bench
        self._gates: list[Gate] = []

    def gate(self, number: int) -> Gate:
        """What holds the job that begins as this one, from 0."""
        while len(self._gates) <= number:
            self._gates.append(self._bench.gate("the work"))
        return self._gates[number]

    def function(self) -> Callable[[str], Any]:
        async def work(job_id: str) -> None:
            gate = self.gate(len(self.begun))
            self.running += 1
            self.most = max(self.most, self.running)
            self.begun.append(job_id)
            try:
                await gate.wait_async(timeout=_NEVER)
                if job_id in self.errors:
                    self.failed.append(job_id)
                    raise self.errors[job_id]
                await asyncio.sleep(0)
                self.ended.append(job_id)
            finally:
                self.running -= 1

        return work


@exercise("beyond.queue", wants=("build_queue",))
def check_queue(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """Full means 503; one at a time, in order; a failure stops nothing; what was accepted is finished."""
    _waits_in_line(bench, build_queue)
    bench.begin_part()
    _finishes_what_it_accepted(bench, build_queue)
    bench.begin_part()
    _ends_without_work(bench, build_queue)
    bench.begin_part()
    _goes_on_and_on(bench, build_queue)
    bench.begin_part()
    _runs_each_of_the_same_id(bench, build_queue)
    bench.begin_part()
    _goes_on_while_it_stops(bench, build_queue)
    bench.begin_part()
    _answers_many_at_once(bench, build_queue)


def _accept(bench: Bench, server: Server, lapse: TimeLapse, job_id: str, miss: str, **fields: Any) -> None:
    reply = _posted_at_once(bench, server, lapse, f"/jobs/{job_id}")
    if reply.status_code == 503:
        raise NotYet(miss, job=job_id, **fields)
    bench.expect(reply, 202)


def _refuse(bench: Bench, server: Server, lapse: TimeLapse, line: _Line, job_id: str, size: int) -> None:
    reply = _posted_at_once(bench, server, lapse, f"/jobs/{job_id}")
    lapse.rounds()
    if line.most > 1:
        raise NotYet("side-by-side", count=line.most)
    if reply.status_code == 202:
        for waiting in range(size + 1, size + _MORE):
            more = _posted_at_once(bench, server, lapse, f"/jobs/more-{waiting}")
            if more.status_code == 503:
                raise NotYet("full-too-late", size=size, job=job_id, waiting=waiting)
        raise NotYet("never-full", size=size, job=job_id)
    bench.expect(reply, 503)


def _waits_in_line(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    line = _Line(bench, {"bad": TimeoutError("no such report"), "c": _PrinterJam("the printer is jammed")})
    app = bench.call(build_queue, line.function(), 2)
    ending = _Ending(app)
    lapse = TimeLapse(ending)
    order = ["m", "bad", "c", "a"]
    with bench.serve(app, inside=lapse) as server:
        _accept(bench, server, lapse, "m", "full-too-early", size=2, waiting=0)
        if not bench.until(lambda: line.begun):
            raise NotYet("never-worked")
        _accept(bench, server, lapse, "bad", "full-too-early", size=2, waiting=0)
        _accept(bench, server, lapse, "c", "full-too-early", size=2, waiting=1)
        _refuse(bench, server, lapse, line, "d", size=2)
        line.gate(0).open()
        _next_begins(bench, lapse, line, ending, order, after="m")
        _takes_one_more(bench, server, lapse, line, "a", refused="d")
        _refuse(bench, server, lapse, line, "x", size=2)
        for number in range(1, len(order)):
            line.gate(number).open()
            if number + 1 < len(order):
                _next_begins(bench, lapse, line, ending, order, after=order[number])
        bench.until(lambda: "a" in line.ended)
        lapse.rounds()
        _look_at_order(line, order)
        again = ["m", "bad", "c"]
        _accept(bench, server, lapse, "m", "stays-full")
        for number, job_id in enumerate(again, len(order)):
            if not bench.comes(lambda: len(line.begun) > number):  # noqa: B023
                if job_id == "c":
                    raise _died(line, ending, "bad", _listed(line.begun))
                raise NotYet("not-again", job=job_id)
            if job_id == "m":
                over = {"failed": len(line.failed), "others": len(line.ended)}
                _accept(bench, server, lapse, "bad", "place-kept", size=2, waiting=0, **over)
                _accept(bench, server, lapse, "c", "place-kept", size=2, waiting=1, **over)
                _refuse(bench, server, lapse, line, "x", size=2)
            _look_at_order(line, [*order, *again])
            line.gate(number).open()


def _takes_one_more(
    bench: Bench, server: Server, lapse: TimeLapse, line: _Line, job_id: str, refused: str
) -> None:
    """A place is free again; when it is not, see whether the one that was refused has it."""
    try:
        _accept(bench, server, lapse, job_id, "stays-full")
    except NotYet:
        for number in range(_MORE):
            line.gate(number).open()
        if bench.comes(lambda: refused in line.begun):
            raise NotYet("refused-runs", job=refused) from None
        raise


_MORE = 10  # jobs that can have begun by then

_TEXTS = ("stop", "None", "0", "False", "STOP", "end", "quit", "exit", "null", "done", "shutdown", "-1", " ")
"""Ids that look like something else than a job."""


def _goes_on_and_on(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """Many jobs, one burst after the other; every other one fails; ids of every form."""
    errors = _what_a_worker_knows()
    fails = {f"bad-{number}": errors[number % len(errors)] for number in range(2 * len(errors))}
    order = [job_id for number, bad in enumerate(fails) for job_id in (bad, f"job-{number}")] + [*_TEXTS]
    line = _Line(bench, fails)
    for number in range(len(order)):
        line.gate(number).open()
    size = 3
    app = bench.call(build_queue, line.function(), size)
    ending = _Ending(app)
    lapse = TimeLapse(ending)
    with bench.serve(app, inside=lapse) as server:
        for first in range(0, len(order), size):
            burst = order[first : first + size]
            for job_id in burst:
                _accept(bench, server, lapse, quote(job_id), "stays-full")
            done = first + len(burst)
            bench.comes(lambda: len(line.begun) >= done and not line.running)  # noqa: B023
            _look_at_order(line, order)
            if len(line.begun) < done:
                last, idle = (line.begun or [""])[-1], order[len(line.begun)]
                if last in fails:
                    raise _died(line, ending, last, _listed(line.begun))
                if idle in _TEXTS:
                    raise NotYet("odd-id", job=idle, done=_listed(line.begun))
                raise NotYet("stuck", job=last, done=_listed(line.begun))


def _runs_each_of_the_same_id(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """An id that runs, and one that waits, are accepted once more: as another job."""
    order = ["m", "m", "a", "a", "m"]
    line = _Line(bench, {})
    app = bench.call(build_queue, line.function(), len(order))
    lapse = TimeLapse(app)
    with bench.serve(app, inside=lapse) as server:
        for waiting, job_id in enumerate(order):
            _accept(
                bench, server, lapse, job_id, "full-too-early", size=len(order), waiting=max(waiting - 1, 0)
            )
            if not waiting and not bench.comes(lambda: bool(line.begun)):
                raise NotYet("never-worked")
        for number in range(len(order)):
            line.gate(number).open()
        bench.comes(lambda: len(line.ended) == len(order))
    for job_id in dict.fromkeys(order):
        if (count := line.begun.count(job_id)) < order.count(job_id):
            raise NotYet("same-id", job=job_id, count=order.count(job_id), runs=count)
    _look_at_order(line, order)


def _next_begins(
    bench: Bench, lapse: TimeLapse, line: _Line, ending: "_Ending", order: list[str], after: str
) -> None:
    number = order.index(after) + 1
    if not bench.comes(lambda: len(line.begun) > number):
        if after in line.errors:
            raise _died(line, ending, after, _listed(line.begun))
        raise NotYet("stuck", job=after, done=_listed(line.begun))
    lapse.rounds()
    if line.most > 1:
        raise NotYet("side-by-side", count=line.most)
    _look_at_order(line, order)


def _look_at_order(line: _Line, order: list[str]) -> None:
    """What has begun up to now is what was accepted, in that order."""
    if line.begun == order[: len(line.begun)]:
        return
    for job_id in line.begun:
        if job_id not in order:
            raise NotYet("refused-runs", job=job_id)
        if line.begun.count(job_id) > order.count(job_id):
            accepted = order.count(job_id)
            raise NotYet("runs-twice", job=job_id, count=line.begun.count(job_id), accepted=accepted)
    raise NotYet("wrong-order", got=", ".join(line.begun), wanted=", ".join(order))


def _finishes_what_it_accepted(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """The server is told to stop while jobs wait; then as much time passes as somebody could wait for."""
    errors = {"bad": KeyError("chapter 3"), "worse": _PrinterJam("jam"), "worst": RuntimeError("no paper")}
    line = _Line(bench, errors)
    order = ["e", "bad", "z", "worse", "worst", "f"]
    size = len(order) - 1
    app = bench.call(build_queue, line.function(), size)
    ending = _Ending(app)
    limits = MetLimits(ending, build_queue)
    lapse = TimeLapse(limits)
    with limits.watched(), bench.serve(app, inside=lapse) as server:
        _accept(bench, server, lapse, order[0], "full-too-early", size=size, waiting=0)
        bench.until(lambda: line.begun)
        for waiting, job_id in enumerate(order[1:]):
            _accept(bench, server, lapse, job_id, "full-too-early", size=size, waiting=waiting)
        _refuse(bench, server, lapse, line, "y", size=size)
        stopping = threading.Thread(target=server.stop, args=(math.inf,), daemon=True)
        stopping.start()
        bench.comes(ending.told_to_stop.is_set)
        for number in range(len(order)):
            bench.comes(lambda: len(line.begun) > number or not stopping.is_alive())  # noqa: B023
            bench.until(lambda: limits.ended, _SOON)
            lapse.skip(_A_DAY, patience=1.0)
            if limits.ended or not stopping.is_alive() or len(line.begun) <= number or not line.running:
                break
            if line.most > 1:
                raise NotYet("side-by-side", count=line.most)
            line.gate(number).open()
        else:
            bench.until(lambda: len(line.ended) == 3 or not stopping.is_alive())
        _look_for_a_lost_one(bench, line, order, stopping)
        _look_at_order(line, order)
        if line.ended != ["e", "z", "f"] or line.begun != order:
            _look_why(line, order, errors, ending.error)
            raise _lost(line, order)
        if not bench.until(lambda: not stopping.is_alive()):
            raise NotYet("never-stops")


def _what_a_worker_knows() -> tuple[Exception, ...]:
    """What a worker may have a use of its own for: it comes out of queues, time-outs and streams."""
    # from Python 3.13 on
    of_closed_queues = (getattr(asyncio, "QueueShutDown", None), getattr(queues, "ShutDown", None))
    return (
        TimeoutError(), asyncio.QueueEmpty(), asyncio.QueueFull(), queues.Empty(), queues.Full(),
        anyio.EndOfStream(), anyio.ClosedResourceError(), anyio.WouldBlock(), asyncio.InvalidStateError(),
        IndexError(), Exception(), HTTPException(503), ConnectionError("away"), StopAsyncIteration(),
        MemoryError(), ExceptionGroup("two", [ValueError("one"), TimeoutError()]),
        *(kind() for kind in of_closed_queues if kind is not None),
    )  # fmt: skip


def _goes_on_while_it_stops(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """The server is told to stop; then every job but the last raises what the worker itself may expect."""
    errors = {f"bad-{number}": error for number, error in enumerate(_what_a_worker_knows())}
    line = _Line(bench, errors)
    order = [*errors, "last"]
    app = bench.call(build_queue, line.function(), len(errors))
    ending = _Ending(app)
    lapse = TimeLapse(ending)
    with bench.serve(app, inside=lapse) as server:
        for waiting, job_id in enumerate(order):
            places = {"size": len(errors), "waiting": max(waiting - 1, 0)}
            _accept(bench, server, lapse, job_id, "full-too-early", **places)
            bench.until(lambda: line.begun)
        stopping = threading.Thread(target=server.stop, args=(math.inf,), daemon=True)
        stopping.start()
        bench.comes(ending.told_to_stop.is_set)  # it is not while background tasks of answers run
        lapse.rounds()
        for number in range(len(order)):
            line.gate(number).open()
        bench.comes(lambda: "last" in line.ended or not stopping.is_alive())
        _look_at_order(line, order)
        if line.ended != ["last"]:
            _look_why(line, order, errors, ending.error)
            raise _lost(line, order)
        if not bench.until(lambda: not stopping.is_alive()):
            raise NotYet("never-stops")


def _lost(line: _Line, order: list[str]) -> NotYet:
    failing = [job_id for job_id in order if job_id in line.errors]
    names = {"accepted": _listed(order, 6), "done": _listed(line.ended), "failing": _listed(failing)}
    return NotYet("lost-at-shutdown", **names)


class _Ending:
    """An app, what has come out of its lifespan, and what has ended the tasks that it began with."""

    def __init__(self, app: FastAPI) -> None:
        self.error: Exception | None = None
        self.ended_by: list[BaseException] = []
        """What came out of tasks that were there when the server had started, such as a worker."""
        self.told_to_stop = threading.Event()
        """Set when the lifespan has been told that the server stops."""
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def hear() -> Any:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.told_to_stop.set()
            return message

        async def tell(message: Any) -> None:
            if message["type"] == "lifespan.startup.complete":
                for task in asyncio.all_tasks():
                    task.add_done_callback(self._note)
            await send(message)

        try:
            await self._app(scope, hear, tell)
        except Exception as error:
            self.error = error
            raise

    def _note(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled() and (error := task.exception()):
            self.ended_by.append(error)


def _died(line: _Line, ending: _Ending, job_id: str, done: str) -> NotYet:
    """Why no job begins any more after this one has raised; whether the worker's own handler raised, too."""
    fields = {"job": job_id, "error": _words(line.errors[job_id]), "done": done}
    for error in ending.ended_by:
        while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
            error = error.exceptions[0]
        causes = list(_behind(error))
        if error not in line.errors.values() and any(each in causes for each in line.errors.values()):
            return NotYet("handler-raised", own=_words(error), **fields)
    return NotYet("worker-died", **fields)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """The error that was handled when this one was raised, the one before that, and so on."""
    while (before := error.__context__) is not None:
        yield before
        error = before


def _look_why(
    line: _Line, order: list[str], errors: Mapping[str, Exception], error: Exception | None
) -> None:
    """Why jobs were lost at the shutdown, where that can be seen; `error` has come out of the lifespan."""
    last = line.begun[-1] if line.begun else ""
    if line.begun != order and last in line.failed and not line.running:
        error_of_last = _words(errors[last])
        raise NotYet("shutdown-stops", job=last, error=error_of_last, started=_listed(line.begun))
    if error and error not in errors.values() and not isinstance(error, ExceptionGroup | TimeoutError):
        miss = "end-full" if isinstance(error, asyncio.QueueFull) else "end-raised"
        raise NotYet(miss, error=_words(error), done=", ".join(line.ended) or say("none"))


def _look_for_a_lost_one(bench: Bench, line: _Line, order: list[str], stopping: threading.Thread) -> None:
    """One that has been passed over, when no other can begin any more."""
    kept = [job_id for job_id in order if job_id in line.begun]
    if line.running or line.begun != kept or kept == order[: len(kept)]:
        return
    if bench.until(lambda: not stopping.is_alive()) and line.begun == kept:
        lost = next(job_id for job_id in order if job_id not in kept)
        raise NotYet("makes-room", job=lost, done=", ".join(kept))


class _Together:
    """An app; when `number` is set, the next requests wait until so many are there, and go on together."""

    def __init__(self, app: FastAPI) -> None:
        self.number = 0
        self._app = app
        self._here = 0
        self._all = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """As ASGI has it."""
        if self.number:
            self._here += 1
            if self._here == self.number:
                self._all.set()
            await self._all.wait()
        await self._app(scope, receive, send)


def _answers_many_at_once(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """Many requests come at the same moment: who has looked whether there is room is not the only one."""
    line = _Line(bench, {})
    size = 2
    app = bench.call(build_queue, line.function(), size)
    together = _Together(app)
    lapse = TimeLapse(together)
    with bench.serve(app, inside=lapse) as server:
        _accept(bench, server, lapse, "m", "full-too-early", size=size, waiting=0)
        bench.until(lambda: line.begun)
        together.number = _BURST
        with lapse.standing():
            pending = [
                server.submit("POST", f"/jobs/job-{number}", timeout=_PATIENT) for number in range(_BURST)
            ]
            bench.until(lambda: all(each.done for each in pending))
        statuses = Counter(str(each.result().status_code) for each in pending if each.done)
        if statuses != {"202": size, "503": _BURST - size}:
            answers = [f"{count} × {status}" for status, count in sorted(statuses.items())]
            answers += [say("{count} × no answer", count=_BURST - statuses.total())]
            raise NotYet("look-then-put", size=size, requests=_BURST, answers=", ".join(answers))
        for number in range(1 + size):
            line.gate(number).open()


_BURST = 12  # requests


def _ends_without_work(bench: Bench, build_queue: Callable[..., FastAPI]) -> None:
    """The server is told to stop before a job has come."""
    with bench.serve(bench.call(build_queue, _Line(bench, {}).function(), 1)) as server:
        stopping = threading.Thread(target=server.stop, args=(math.inf,), daemon=True)
        stopping.start()
        if not bench.until(lambda: not stopping.is_alive()):
            raise NotYet("never-stops")


# durable steps


class _Killed(BaseException):
    """What the process would not live to see."""


class _Mortal(sqlite3.Connection):
    """A connection of a process that may die: nothing of what it says afterwards arrives."""

    dead = False

    def die(self) -> None:
        """As by kill -9: what was not committed is gone."""
        if self.in_transaction:
            self.rollback()
        self.dead = True
        self.close()
        raise _Killed


def _is_open(db: sqlite3.Connection) -> bool:
    with contextlib.suppress(sqlite3.ProgrammingError):
        return db.total_changes >= 0
    return False


@dataclass
class _Raised:
    """What came out of a life that did not come to its end."""

    error: BaseException


class _Steps:
    """Steps that count their starts, and may kill the process or fail."""

    def __init__(self) -> None:
        self.starts: Counter[str] = Counter()
        self.sequence: list[str] = []
        self.raised = False
        self.kill_in: str | None = None
        self.fail_in: dict[str, BaseException] = {}
        self.failed_before: str | None = None
        self.db: _Mortal | None = None
        self.misled: dict[str, Any] | None = None
        self.others: dict[str, Any] | None = None
        self.later: dict[str, Any] | None = None
        self.new: str | None = None
        """The step that the program's older version did not have."""
        self.had_finished = False
        """Whether the older version came to the end of the run."""
        self.other_file = False

    def of(self, wanted: dict[str, Any]) -> list[tuple[str, Callable[[dict[str, Any]], Any]]]:
        """The steps of a run, by name, with what each of them returns."""
        return [(name, self._step(name, wanted)) for name in wanted]

    def _step(self, name: str, wanted: dict[str, Any]) -> Callable[[dict[str, Any]], Any]:
        names = list(wanted)
        before = {each: wanted[each] for each in names[: names.index(name)]}

        def step(results: dict[str, Any]) -> Any:
            self.starts[name] += 1
            self.sequence.append(name)
            known = results if isinstance(results, dict) else {}
            if results is not known or not _same(
                {each: known.get(each, _NOTHING) for each in before}, before
            ):
                self.misled = {"name": name, "got": _short(results), "wanted": _short(before)}
            if extra := known.keys() - before.keys():
                told = {"name": name, "got": _short(results), "wanted": _short(before)}
                foreign = [each for each in extra if not self.starts[each] and known[each] is not None]
                if foreign:  # no step of this run has returned it
                    self.others = told
                else:
                    self.later = told
            if self.kill_in == name and self.db is not None:
                self.kill_in = None
                self.db.die()
            if name in self.fail_in:
                self.raised = True
                raise self.fail_in[name]
            return wanted[name]

        return step


_NOTHING = object()


def _same(got: Any, wanted: Any) -> bool:
    """Whether they are equal as JSON values: 1 is not true."""
    try:
        return json.dumps(got, sort_keys=True) == json.dumps(wanted, sort_keys=True)
    except (TypeError, ValueError):
        return False


def _wanted(rows: list[int]) -> dict[str, Any]:
    return {"reserve": rows, "notify": None, "charge": sum(rows), "audit": 0, "close": {"charged": sum(rows)}}


_VALUES: dict[str, Any] = {
    "number": "17",
    "word": "null",
    "text": "Caf\u00e9 'A' \"B\"",
    "list": "[1]",
    "nothing": "",
    "yes": True,
    "no": False,
    "half": 0.5,
    "third": 1 / 3,
    "tiny": -1.5e-17,
    "many": 2**60 + 1,
    "long": "so " * 30_000,
    "rows": [3, 1, 1, 2],
    "words": ["b", "a", "a", "", " c\n"],
    "deep": {"a": [None, {"B": False}], "b": [], "1": {}, "": [[0.1 + 0.2]]},
}
"""What JSON can hold, and what looks like something else there."""

_BETWEEN = ("", "-", "_", ":", "/", ".", " ", "|", ",", "\n", '"', "'")
"""What a run id and a name may be joined with."""


@exercise("beyond.durable", wants=("run_durably",))
def check_durable(bench: Bench, run_durably: Callable[..., Any]) -> None:
    """Killed in a step, started again: finished steps stay finished, the interrupted one starts again."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        runs = _Runs(bench, run_durably, Path(folder) / "runs.sqlite")
        runs.succeeds("run-0", _Steps(), _wanted([1, 2]), "wrong-results")
        for number, run_id in enumerate(("run-1", "run_0", "1", "Run-1", "run-1 ")):
            runs.succeeds(run_id, _Steps(), _wanted([5, number]), "runs-mixed")
        _recovers(runs)
        bench.begin_part()
        _failure_is_no_result(runs)
        bench.begin_part()
        runs.succeeds("values", _Steps(), _VALUES, "value-changed")
        again = _Steps()
        runs.succeeds("values", again, _VALUES, "value-changed")
        if again.starts:
            raise NotYet("finished-again", name=next(iter(again.starts)))
        bench.begin_part()
        _keeps_names_apart(runs)
        bench.begin_part()
        _lives_in_the_file(runs, Path(folder))
        bench.begin_part()
        _takes_names_as_texts(runs.on(Path(folder) / "names.sqlite"))
        bench.begin_part()
        _knows_steps_by_name(runs.on(Path(folder) / "versions.sqlite"))


def _keeps_names_apart(runs: "_Runs") -> None:
    """Runs and steps whose names give the same when they are joined."""
    for number, between in enumerate(_BETWEEN):
        for run_id, name in ((f"j{number}", f"a{between}b"), (f"j{number}{between}a", "b")):
            runs.succeeds(run_id, _Steps(), {name: run_id}, "names-joined", run=run_id, name=name)


_ALIKE = ("1", "01", "1.0", "1e0", " 1", "True", "a", "A", "a ", "%", "_", "\u00e9", "e\u0301")
"""Texts that something else takes for the same: a number, a pattern, letters of another size."""


def _takes_names_as_texts(runs: "_Runs") -> None:
    """Runs, and the steps of one run, whose names are the same to who does not take them as texts."""
    for text in _ALIKE:
        runs.succeeds(text, _Steps(), {"step": f"of run {text!r}"}, "names-alike", what=f"run {text!r}")
    steps = {text: f"of step {text!r}" for text in _ALIKE}
    for _ in range(2):
        runs.succeeds("alike", _Steps(), steps, "names-alike", what="a run of many steps")


class _Runs:
    """Lives of processes that run the learner's function on one file."""

    def __init__(self, bench: Bench, run_durably: Callable[..., Any], path: Path) -> None:
        self.path = path
        self._bench = bench
        self._run_durably = run_durably
        self._lives = 0  # every other one has the hashes of another process

    def on(self, path: Path) -> "_Runs":
        """The same with another file."""
        return _Runs(self._bench, self._run_durably, path)

    def live(self, run_id: str, steps: _Steps, wanted: dict[str, Any]) -> Any:
        """One life: open the file, run, and end, by itself or killed (-> None); what a step raised."""

        def live() -> Any:
            db = sqlite3.connect(self.path, timeout=5, isolation_level=None, factory=_Mortal)
            db.execute("PRAGMA synchronous = OFF")  # nobody pulls the plug here, and disks are slow
            steps.db = db
            try:
                return self._run_durably(db, run_id, steps.of(wanted))
            except _Killed:
                return None
            except Exception as error:
                if db.dead:
                    return None
                if steps.raised and _is_open(db) and db.in_transaction:
                    raise NotYet("left-open", error=_words(error)) from None
                if steps.raised:
                    return _Raised(error)
                if steps.failed_before and steps.starts[steps.failed_before] < 2:
                    raise NotYet("error-kept", error=_words(error)) from None
                if steps.new:
                    raise _overlooks(steps, wanted, say("It raised {error}.", error=_words(error))) from None
                if steps.other_file and "no such table" in str(error):
                    raise NotYet("no-table", error=_words(error)) from None
                raise
            except (KeyboardInterrupt, SystemExit, asyncio.CancelledError) as error:
                return _Raised(error)  # whoever interrupts the process ends its transactions as well
            finally:
                db.close()

        live.__name__ = "run_durably"  # what a message names
        self._lives += 1
        with other_hashes() if self._lives % 2 else contextlib.nullcontext():
            return self._bench.run(live)

    def succeeds(self, run_id: str, steps: _Steps, wanted: dict[str, Any], miss: str, **fields: Any) -> None:
        """A life in which the run comes to its end."""
        got = self.live(run_id, steps, wanted)
        names = list(wanted)
        if steps.sequence != sorted(steps.sequence, key=names.index):
            raise NotYet("out-of-order", got=", ".join(steps.sequence), wanted=", ".join(names))
        if steps.misled and miss == "wrong-results":
            raise NotYet("misled", **steps.misled)
        if steps.others:
            raise NotYet("others-given", **steps.others)
        if steps.later:
            raise NotYet("later-given", **steps.later)
        if isinstance(got, dict) and got.keys() > wanted.keys():
            raise NotYet("others-returned", got=_short(got), wanted=_short(wanted))
        if miss == "value-changed" and isinstance(got, dict):
            changed = [name for name in names if not _same(got.get(name, _NOTHING), wanted[name])] or names
            got, wanted = {name: got.get(name) for name in changed}, {name: wanted[name] for name in changed}
        if not _same(got, wanted) or steps.misled:
            raise NotYet(miss, got=_short(got), wanted=_short(wanted), **fields)


def _recovers(runs: _Runs) -> None:
    """Killed in one step after the other; then started once more, and once more when it is finished."""
    steps = _Steps()
    killed: list[str] = []
    for name in ("reserve", "notify", "charge", "close"):
        steps.kill_in = name
        results = runs.live("run-2", steps, _wanted([3, 4]))
        killed.append(name)
        _look_at_starts(steps, killed, results)
    results = runs.live("run-2", steps, _wanted([3, 4]))
    _look_at_starts(steps, killed, results)
    if steps.misled:
        raise NotYet("misled", **steps.misled)
    if not _same(results, _wanted([3, 4])):
        raise NotYet("wrong-results", got=_short(results), wanted=_short(_wanted([3, 4])))
    for run_id, rows in (("run-2", [3, 4]), ("run-0", [1, 2])):
        again = _Steps()
        runs.succeeds(run_id, again, _wanted(rows), "wrong-results")
        if again.starts:
            raise NotYet("finished-again", name=next(iter(again.starts)))


def _look_at_starts(steps: _Steps, killed: list[str], results: Any) -> None:
    if steps.kill_in is not None:  # the step was not begun, though it had never finished
        raise NotYet("interrupted-lost", name=steps.kill_in, results=_short(results))
    for name in _wanted([]):
        most = 1 + killed.count(name)
        if steps.starts[name] > most:
            miss = "none-again" if name == "notify" and "notify" not in killed[-1:] else "done-again"
            raise NotYet(miss, name=name, count=steps.starts[name], most=most, killed=", ".join(killed))
    if results is not None:
        for name in killed:
            if steps.starts[name] < 2:
                raise NotYet("interrupted-lost", name=name, results=_short(results))


def _knows_steps_by_name(runs: _Runs) -> None:
    """Killed in a step or finished, and called again by a new version, which has one more step."""
    old = _wanted([8])
    versions = ({"greet": "hello", **old}, {"reserve": [8], "weigh": 2.5, **old}, {**old, "thank": "you"})
    for kill_in, new in itertools.product(("charge", None), versions):
        steps, added = _Steps(), next(name for name in new if name not in old)
        run_id = f"with {added}, {kill_in}"
        steps.kill_in = kill_in
        runs.live(run_id, steps, old)
        steps.sequence.clear()
        steps.new, steps.had_finished = added, kill_in is None
        got = runs.live(run_id, steps, new)
        again = [name for name in old if steps.starts[name] > 1 + (name == kill_in)]
        if again or not _same(got, new) or not steps.starts[added]:
            returned = say("It returned {got}.", got=_short(got))
            what = say("`{name}` ran once more.", name=again[0]) if again else returned
            raise _overlooks(steps, new, what)
        if steps.later:
            raise NotYet("later-given", **steps.later)
        if steps.misled:
            raise NotYet("misled", **steps.misled)


def _overlooks(steps: _Steps, wanted: dict[str, Any], what: str) -> NotYet:
    """What is wrong with a run that goes on with one more step."""
    miss = "stops-at-known" if steps.had_finished else "by-place"
    return NotYet(miss, new=steps.new, what=what, wanted=_short(wanted))


def _failure_is_no_result(runs: _Runs) -> None:
    """A step that raises ends the call; when it is called again, that step runs again, and none before it."""
    for number, error in enumerate(_FAILURES):
        steps = _Steps()
        steps.fail_in = {"charge": error}
        run_id = f"failing-{number}"
        result = runs.live(run_id, steps, _wanted([7]))
        if not isinstance(result, _Raised):
            raise NotYet("failure-swallowed", error=_words(error), got=_short(result))
        if result.error is not error:
            raise NotYet("error-changed", error=_words(error), got=_words(result.error))
        if steps.starts["charge"] > 1:
            raise NotYet("tries-again", count=steps.starts["charge"])
        steps.fail_in, steps.raised, steps.failed_before = {}, False, "charge"
        steps.sequence.clear()
        runs.succeeds(run_id, steps, _wanted([7]), "failure-kept")
        if steps.starts["charge"] < 2:
            raise NotYet("failure-kept", got=say("the failed step did not run"))
        if steps.starts["reserve"] > 1:
            raise NotYet("error-undoes", name="reserve", count=2, error=_words(error))


_FAILURES: tuple[BaseException, ...] = (
    ConnectionError("the bank is down"),
    KeyError("chapter 3"),
    _PrinterJam(),
    TimeoutError("the bank does not answer"),
    OSError(28, "no space left"),
    httpx.ReadTimeout("the bank is slow"),
    sqlite3.OperationalError("database is locked"),
    ExceptionGroup("two", [ConnectionError("the bank is down"), TimeoutError()]),
    KeyboardInterrupt(),
    SystemExit(3),
    asyncio.CancelledError(),
)


def _lives_in_the_file(runs: _Runs, folder: Path) -> None:
    """What the file says is what has happened: another file knows nothing, a copy knows all."""
    steps = _Steps()
    steps.other_file = True
    try:
        runs.on(folder / "other.sqlite").succeeds("run-0", steps, _wanted([1, 2]), "wrong-results")
    except NotYet as miss:
        if miss.miss.startswith(("engine.", "no-table")) or all(steps.starts[name] for name in _wanted([])):
            raise
    if not all(steps.starts[name] for name in _wanted([])):
        raise NotYet("memory")
    steps = _Steps()
    steps.kill_in = "charge"
    runs.live("run-9", steps, _wanted([6]))
    copy = folder / "copy.sqlite"
    shutil.copy(runs.path, copy)
    later = _Steps()
    runs.on(copy).succeeds("run-9", later, _wanted([6]), "wrong-results")
    if later.starts["reserve"] or later.starts["notify"]:
        raise NotYet("memory-only", name="reserve")
