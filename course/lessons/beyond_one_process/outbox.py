"""Work that outlives the process: a row beside the order, and a worker that claims rows."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import NamedTuple

TABLES = """
CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, email TEXT);
CREATE TABLE IF NOT EXISTS outbox (
    id TEXT PRIMARY KEY, email TEXT,
    state TEXT DEFAULT 'new', attempts INTEGER DEFAULT 0, leased_until REAL DEFAULT 0, error TEXT
);
CREATE INDEX IF NOT EXISTS outbox_open ON outbox (state, leased_until);  -- rows that are done stay
"""
logger = logging.getLogger(__name__)


class Row(NamedTuple):
    """A claimed row: the order, where to write to, and the number of this attempt."""

    id: str
    email: str
    attempts: int


class Outbox:
    """Letters to send, in an SQLite file that any number of processes may share.

    Args:
        path: of the file.
        lease: seconds for which a row belongs to the relay that claimed it. Longer than the work may take.
        limit: how many attempts a letter gets before it is dead.
        pause: seconds until a letter that failed is free again; twice as many after each further attempt.

    By default, a letter that fails each time is dead after almost three hours: a mail server may be away that
    long.
    """

    def __init__(self, path: str, lease: float = 120, limit: int = 12, pause: float = 5) -> None:
        self.path = path
        self.lease = lease
        self.limit = limit
        self.pause = pause
        with self.connect() as connection:
            connection.executescript(TABLES)

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """A connection that waits when another process writes: committed at the end, and closed."""
        with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as connection, connection:
            yield connection

    def place(self, order_id: str, email: str) -> None:
        """Keep the order *and* its letter, or neither. Placing it again changes nothing."""
        with self.connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO orders VALUES (?, ?)", (order_id, email))
            connection.execute("INSERT OR IGNORE INTO outbox (id, email) VALUES (?, ?)", (order_id, email))

    def claim(self) -> Row | None:
        """Take the row that has been free longest: new, or left behind by a relay whose lease is over."""
        now = time.time()
        with self.connect() as connection:
            connection.execute(BURY, (now, self.limit))
            row = connection.execute(CLAIM, (now + self.lease, now)).fetchone()
        return Row(*row) if row else None

    def done(self, row: Row) -> None:
        """The work is done: nobody has to do it again."""
        with self.connect() as connection:
            connection.execute("UPDATE outbox SET state = 'done' WHERE id = ?", (row.id,))

    def failed(self, row: Row, error: BaseException) -> None:
        """Keep the reason; the row is free again after a pause, or dead if that was the last attempt."""
        state = "new" if row.attempts < self.limit else "dead"
        free = time.time() + self.pause * 2 ** (row.attempts - 1)
        values = (state, free, repr(error), row.id, row.attempts)
        with self.connect() as connection:
            connection.execute(FAILED, values)

    def rows(self) -> list[tuple[str, str, int]]:
        """Id, state and attempts of each row."""
        with self.connect() as connection:
            return connection.execute("SELECT id, state, attempts FROM outbox ORDER BY rowid").fetchall()


async def as_often_written(outbox: Outbox, send: Callable[[Row], Awaitable[None]]) -> None:
    """A relay that ends with the first letter that fails. Not to be copied."""
    while row := outbox.claim():
        await send(row)
        outbox.done(row)


CLAIM = """
UPDATE outbox SET state = 'running', attempts = attempts + 1, leased_until = ?
WHERE id = (SELECT id FROM outbox
            WHERE state IN ('new', 'running') AND leased_until < ?
            ORDER BY leased_until, rowid LIMIT 1)
RETURNING id, email, attempts
"""
BURY = """
UPDATE outbox SET state = 'dead', error = 'its last relay did not come back'
WHERE state = 'running' AND leased_until < ? AND attempts >= ?
"""
# a relay that was too late may find that another one has the row by now (another attempt), or that it is done
FAILED = """
UPDATE outbox SET state = ?, leased_until = ?, error = ? WHERE id = ? AND attempts = ? AND state = 'running'
"""


async def relay(
    outbox: Outbox,
    send: Callable[[Row], Awaitable[None]],
    pause: float = 0.02,
    stop: asyncio.Event | None = None,
) -> None:
    """Send what is in the outbox until `stop` is set: no letter and no error of the database ends it.

    If `send` needs a thread, it calls Starlette's `run_in_threadpool`: after a StopIteration in its thread,
    `asyncio.to_thread` does not return on older Pythons.
    """
    while stop is None or not stop.is_set():
        try:
            row = await asyncio.to_thread(outbox.claim)
            if row is None:
                await asyncio.sleep(pause)
            else:
                await attempt(outbox, send, row)
        except Exception:
            logger.exception("the relay goes on")
            await asyncio.sleep(max(pause, 1))  # if the error stays, it does not flood the log


@asynccontextmanager
async def relaying(
    outbox: Outbox, send: Callable[[Row], Awaitable[None]], grace: float
) -> AsyncIterator[None]:
    """Relay in the background. At the end, wait up to `grace` seconds for the letter on its way.

    Choose more than a letter may take: one that takes longer may arrive, and be sent again. (The `timeout` of
    smtplib counts for each wait for the server, of which a letter has at least eight.)
    """
    stop = asyncio.Event()
    task = asyncio.create_task(relay(outbox, send, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait([task], timeout=grace)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def told_to_end() -> bool:
    """Whether somebody has cancelled this task itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def attempt(outbox: Outbox, send: Callable[[Row], Awaitable[None]], row: Row) -> None:
    """Do the work, and only then say that it is done; or keep the reason."""
    try:
        await send(row)
    except asyncio.CancelledError as error:
        if told_to_end():
            raise
        await asyncio.to_thread(outbox.failed, row, error)  # others have cancelled what `send` awaited
    except Exception as error:
        await asyncio.to_thread(outbox.failed, row, error)
    else:
        await asyncio.to_thread(outbox.done, row)
