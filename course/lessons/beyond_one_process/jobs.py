"""202 and a status, kept in two places: a dict of this process, and a table."""

import asyncio
import os
import sqlite3
from urllib.parse import quote

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response

from course.live.gate import FileGate
from course.tasks import guarded

DATABASE = os.environ.get("DATABASE", "jobs.sqlite")
memory: dict[str, str] = {}
app = FastAPI()


def sql(statement: str, *values: object) -> list[tuple[str, ...]]:
    """Run one statement on a connection of its own, and commit."""
    connection = sqlite3.connect(DATABASE, timeout=10, isolation_level=None)
    try:
        return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


def set_state(job_id: str, state: str) -> None:
    """Note it in both places."""
    memory[job_id] = state
    sql("INSERT INTO jobs VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state", job_id, state)


async def work(job_id: str) -> None:
    """The work, held by a gate. The database is asked in a thread: it may be locked for seconds."""
    await asyncio.to_thread(set_state, job_id, "running")
    try:
        await FileGate(os.environ.get("GATE", "gate")).wait_async()
    except Exception:
        await asyncio.to_thread(set_state, job_id, "failed")
        raise
    await asyncio.to_thread(set_state, job_id, "done")


@app.post("/jobs/{job_id}", status_code=202)
def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
    """Write the row, then accept: every client that asks from now on finds it."""
    set_state(job_id, "queued")
    tasks.add_task(guarded(work), job_id)
    response.headers["Location"] = f"/table/{quote(job_id, safe='')}"


@app.get("/memory/{job_id}")
def from_memory(job_id: str) -> str:
    """Ask the dict."""
    if job_id not in memory:
        raise HTTPException(404)
    return memory[job_id]


@app.get("/table/{job_id}")
def from_table(job_id: str) -> str:
    """Ask the table."""
    rows = sql("SELECT state FROM jobs WHERE id = ?", job_id)
    if not rows:
        raise HTTPException(404)
    return rows[0][0]
