"""The lesson's outbox: no letter and no error ends its relay, and no relay takes a row from another."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from starlette.concurrency import run_in_threadpool

from course.lessons.beyond_one_process.outbox import BURY, CLAIM, Outbox, Row, attempt, relay, relaying


@pytest.fixture
def box(tmp_path: Path) -> Outbox:
    box = Outbox(str(tmp_path / "outbox.sqlite"), lease=-1, limit=2, pause=-1)
    box.place("order-1", "ada@example.org")
    return box


def claimed(box: Outbox) -> Row:
    row = box.claim()
    assert row is not None
    return row


def error_of(box: Outbox) -> str | None:
    with box.connect() as connection:
        found: str | None = connection.execute("SELECT error FROM outbox").fetchone()[0]
        return found


async def fail(row: Row) -> None:
    raise ConnectionError(f"attempt {row.attempts}")


def test_a_letter_is_dead_after_its_last_attempt_and_keeps_the_reason(box: Outbox) -> None:
    asyncio.run(attempt(box, fail, claimed(box)))
    assert box.rows() == [("order-1", "new", 1)]
    asyncio.run(attempt(box, fail, claimed(box)))
    assert box.rows() == [("order-1", "dead", 2)]
    assert error_of(box) == "ConnectionError('attempt 2')"
    assert box.claim() is None


def test_a_letter_that_kills_each_relay_is_dead_in_the_end(box: Outbox) -> None:
    assert [claimed(box).attempts, claimed(box).attempts] == [1, 2]
    assert box.claim() is None
    assert box.rows() == [("order-1", "dead", 2)]


def test_a_relay_whose_lease_is_over_puts_back_nothing_of_another(box: Outbox) -> None:
    late = claimed(box)
    box.lease = 30
    claimed(box)
    box.failed(late, ConnectionError())
    assert box.rows() == [("order-1", "running", 2)]


def test_a_letter_that_a_late_relay_has_sent_is_not_sent_again(box: Outbox) -> None:
    late, second = claimed(box), claimed(box)
    box.done(late)
    box.failed(second, ConnectionError())
    assert box.rows() == [("order-1", "done", 2)]
    assert box.claim() is None


def test_a_failed_letter_waits_before_it_is_free(box: Outbox) -> None:
    box.pause = 30
    box.failed(claimed(box), ConnectionError())
    assert box.claim() is None


@pytest.mark.parametrize(("statement", "values"), [(CLAIM, (1, 0)), (BURY, (1, 1))], ids=["claim", "bury"])
def test_rows_that_are_done_are_not_read(box: Outbox, statement: str, values: tuple[int, int]) -> None:
    with box.connect() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    assert any("USING" in str(line) and "outbox_open" in str(line) for line in plan), plan


def steps_of_a_claim(path: Path, new: int) -> int:
    """How many instructions SQLite needs to claim one of so many new rows."""
    box, steps = Outbox(str(path)), 0

    def count() -> None:
        nonlocal steps
        steps += 1

    with box.connect() as connection:
        rows = [(f"order-{number}",) for number in range(new)]
        connection.executemany("INSERT INTO outbox (id) VALUES (?)", rows)
        connection.set_progress_handler(count, 1)
        connection.execute(CLAIM, (2, 1)).fetchone()
        connection.set_progress_handler(None, 1)
    return steps


def test_a_claim_does_not_read_all_that_waits(tmp_path: Path) -> None:
    few, many = (steps_of_a_claim(tmp_path / f"{new}.sqlite", new) for new in (10, 1000))
    assert many < 2 * few


def test_the_relay_goes_on_when_the_database_does_not_answer(
    box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, broken = box.claim, [True]

    def sometimes() -> Row | None:
        if broken:
            broken.pop()
            raise sqlite3.OperationalError("database is locked")
        return claim()

    monkeypatch.setattr(box, "claim", sometimes)

    async def run() -> None:
        sent = asyncio.Event()

        async def send(_row: Row) -> None:
            sent.set()

        relaying = asyncio.create_task(relay(box, send))
        await asyncio.wait_for(sent.wait(), 20)
        relaying.cancel()

    asyncio.run(run())
    assert not broken


def test_a_letter_that_awaits_what_others_cancel_is_a_failure_like_any_other(box: Outbox) -> None:
    async def run() -> None:
        async def send(row: Row) -> None:
            if row.id == "order-2":
                return
            shared = asyncio.create_task(asyncio.sleep(60))
            await asyncio.sleep(0)
            shared.cancel()
            await shared

        box.place("order-2", "bob@example.org")
        relaying = asyncio.create_task(relay(box, send))
        async with asyncio.timeout(20):
            while box.rows() != [("order-1", "dead", 2), ("order-2", "done", 1)]:
                await asyncio.sleep(0)
        assert not relaying.done()
        relaying.cancel()

    asyncio.run(run())
    assert error_of(box) == "CancelledError()"


def test_a_relay_that_is_cancelled_ends_and_leaves_the_row_to_the_next(box: Outbox) -> None:
    async def run() -> None:
        at_work = asyncio.Event()

        async def send(_row: Row) -> None:
            at_work.set()
            await asyncio.sleep(60)

        relaying = asyncio.create_task(relay(box, send))
        await asyncio.wait_for(at_work.wait(), 20)
        relaying.cancel()
        await asyncio.wait([relaying], timeout=20)
        assert relaying.cancelled()

    asyncio.run(run())
    assert box.rows() == [("order-1", "running", 1)]


def test_a_letter_that_a_thread_is_posting_arrives_before_the_relay_ends(box: Outbox) -> None:
    """An orderly shutdown in the middle of a letter: the next process does not send it again."""
    posting, may_arrive, letters = threading.Event(), threading.Event(), list[int]()

    def post(row: Row) -> None:
        posting.set()
        assert may_arrive.wait(20)
        letters.append(row.attempts)

    async def send(row: Row) -> None:
        await run_in_threadpool(post, row)

    async def run() -> None:
        async with relaying(box, send, grace=20):
            assert await asyncio.to_thread(posting.wait, 20)
            asyncio.get_running_loop().call_soon(may_arrive.set)  # when the relay has been told to end

    box.lease = 30
    asyncio.run(run())
    assert box.rows() == [("order-1", "done", 1)]
    assert letters == [1]


def test_a_send_that_never_ends_does_not_hold_up_the_shutdown(box: Outbox) -> None:
    async def run() -> None:
        at_work = asyncio.Event()

        async def send(_row: Row) -> None:
            at_work.set()
            await asyncio.Event().wait()

        async with relaying(box, send, grace=0.01):
            await asyncio.wait_for(at_work.wait(), 20)

    asyncio.run(asyncio.wait_for(run(), 20))
    assert box.rows() == [("order-1", "running", 1)]


def test_an_outage_of_hours_kills_no_letter(tmp_path: Path) -> None:
    box = Outbox(str(tmp_path / "outbox.sqlite"))
    assert sum(box.pause * 2**attempt for attempt in range(box.limit - 1)) > 2 * 3600
