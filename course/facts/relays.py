"""Relays of an outbox: what ends them, whom they hold up, and what two of them claim."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import smtplib
import socketserver
import sqlite3
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from course.facts import Seen, fact
from course.facts._experiments import saw, serve_plain
from course.lessons.beyond_one_process import outbox as lesson
from course.lessons.beyond_one_process.lives import claim_twice, sent_again


@fact(
    "P6",
    "An exception of one letter ends a relay that does not guard it, and the next letter is not sent; one "
    "that guards it sets the letter aside after its last attempt, also a StopIteration in a thread of "
    "Starlette's run_in_threadpool.",
)
def relays() -> Seen:
    """The two relays of lesson 09, with two letters that always fail before one that does not."""

    async def send(row: lesson.Row) -> None:
        if row.email == "nobody":
            raise ValueError("no such address")
        if row.email == "stop":
            await run_in_threadpool(next, iter(()))

    async def run(relay: Any) -> list[tuple[str, str, int]]:
        box = lesson.Outbox(str(Path(tempfile.mkdtemp()) / "outbox.sqlite"), limit=3, pause=0)
        box.place("bad", "nobody")
        box.place("stop", "stop")
        box.place("good", "ada@example.org")
        relaying = asyncio.create_task(relay(box, send))
        while not relaying.done() and {"new", "running"} & {state for _, state, _ in box.rows()}:
            await asyncio.sleep(0.01)
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
        return box.rows()

    bare, guarded = asyncio.run(run(lesson.as_often_written)), asyncio.run(run(lesson.relay))
    wanted = (
        [("bad", "running", 1), ("stop", "new", 0), ("good", "new", 0)],
        [("bad", "dead", 3), ("stop", "dead", 3), ("good", "done", 1)],
    )
    return Seen((bare, guarded) == wanted, f"without a guard {bare}; with one {guarded}")


@fact(
    "P11",
    "The time-out of smtplib counts for each wait for the server, not for the whole letter, "
    "which has eight waits or more.",
)
def a_slow_letter() -> Seen:
    """A mail server that takes a while for each reply. The letter takes longer than the time-out."""
    pause, timeout, letters, replies = 0.2, 1.2, list[bytes](), list[str]()

    class Slow(socketserver.StreamRequestHandler):
        def reply(self, text: str) -> None:
            time.sleep(pause)
            replies.append(text)
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            self.reply("220 at last")
            while command := self.rfile.readline()[:4].upper():
                if command == b"DATA":
                    self.reply("354 go on")
                    letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.reply("221 bye" if command == b"QUIT" else "250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        begun = time.monotonic()
        port = server.server_address[1]
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=timeout) as mail:
            mail.sendmail("shop@example.org", "ada@example.org", "Subject: order-1\r\n\r\nThank you")
        longer = time.monotonic() - begun > timeout
        server.shutdown()
    return Seen(
        longer and len(letters) == 1 and len(replies) == 7,
        f"{len(letters)} letter after {len(replies)} replies, longer than the time-out: {longer}",
    )


@fact(
    "P7",
    "sqlite3 in an `async def` that waits for a lock holds up every other client; in a thread it does not.",
)
def locked_in_the_loop() -> Seen:
    """A database that somebody has locked, a request that waits for it, and one that needs nothing."""
    path = Path(tempfile.mkdtemp()) / "rows.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE rows (id TEXT)")
    begun: queue.Queue[str] = queue.Queue()
    app = FastAPI()

    def write() -> None:
        begun.put("at the lock")
        with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as rows:
            rows.execute("INSERT INTO rows VALUES ('1')")

    @app.post("/in-the-loop")
    async def in_the_loop() -> None:
        write()

    @app.post("/in-a-thread")
    async def in_a_thread() -> None:
        await asyncio.to_thread(write)

    @app.get("/ping")
    async def ping() -> None:
        """Do nothing."""

    def answered_while_locked(path: str) -> bool:
        other.execute("BEGIN IMMEDIATE")
        try:
            with (
                ThreadPoolExecutor() as pool,
                httpx.Client(base_url=client.base_url, trust_env=False) as third,
            ):
                writing = pool.submit(client.post, path)
                begun.get(timeout=20)
                pinged = pool.submit(third.get, "/ping", timeout=20)
                done, _ = wait([pinged], timeout=1)
                other.execute("ROLLBACK")
                writing.result()
                pinged.result()
                return bool(done)
        finally:
            if other.in_transaction:
                other.execute("ROLLBACK")

    with serve_plain(uvicorn.Config(app, log_config=None)) as client:
        client.get("/ping")
        in_thread, in_loop = answered_while_locked("/in-a-thread"), answered_while_locked("/in-the-loop")
    return saw({"in a thread: others are answered": in_thread, "in the loop: nobody is": not in_loop})


@fact(
    "S1",
    "On PostgreSQL two relays that claim at the same time with UPDATE … WHERE id = (SELECT …) get the same "
    "row, or in REPEATABLE READ an error; with FOR UPDATE each gets one of its own, and with SKIP LOCKED "
    "nobody waits for that.",
    server="COURSE_POSTGRES_URL",
)
def claims_on_postgresql() -> Seen:
    """Two connections, the second one begins before the first one has committed."""
    claims = claim_twice(os.environ["COURSE_POSTGRES_URL"])
    return saw(
        {
            f"without a lock: {claims.plain}": claims.plain.got == ("order-1", "order-1"),
            f"in REPEATABLE READ: {claims.repeatable}": claims.repeatable.got == ("order-1", "error 40001"),
            f"with it: {claims.locked}": claims.locked.got == ("order-1", "order-2") and claims.locked.waited,
            f"skipping: {claims.skip_locked}": claims.skip_locked.got == ("order-1", "order-2")
            and not claims.skip_locked.waited,
        }
    )


@fact(
    "C3",
    "With Redis a Celery task whose countdown is longer than the visibility timeout runs more than once, "
    "also as it comes: until it begins, its message is not acknowledged.",
    deadline=120,
    server="COURSE_REDIS_URL",
)
def countdown_on_redis() -> Seen:
    """A worker that has nothing else to do."""
    again = sent_again(os.environ["COURSE_REDIS_URL"])
    return Seen(again, "it ran again" if again else "it ran once")
