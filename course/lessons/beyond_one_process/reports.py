"""A server whose tasks are held by a gate, and say what happens to them: `launch` runs it as a process."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI

from course.live.gate import FileGate

gate = FileGate(os.environ.get("GATE", "gate"))
jobs: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Say when the app ends in an orderly way; with LAST, not before that gate is open."""
    yield
    if "LAST" in os.environ:
        print("lifespan: waits")
        await FileGate(os.environ["LAST"]).wait_async()
    print("lifespan: shut down")


app = FastAPI(lifespan=lifespan)


async def write_report(name: str) -> None:
    """Wait for the gate, then be done; say so if cancelled."""
    print(f"{name}: started")
    try:
        await gate.wait_async()
    except asyncio.CancelledError:
        print(f"{name}: cancelled")
        raise
    print(f"{name}: done")


async def tell(name: str) -> None:
    """The second task of the request."""
    print(f"{name}: told")


@app.post("/reports/{name}", status_code=202)
async def report(name: str, tasks: BackgroundTasks) -> None:
    """Accept a report as a background task, and another task behind it."""
    tasks.add_task(write_report, name)
    tasks.add_task(tell, name)


async def forever(name: str) -> None:
    """Something that is not done yet when the server ends."""
    print(f"{name}: started")
    try:
        await asyncio.Event().wait()
    finally:
        print(f"{name}: over")


@app.post("/jobs/{name}", status_code=202)
async def job(name: str) -> None:
    """Accept a job as an asyncio task of one's own, with a reference that keeps it alive."""
    task = asyncio.create_task(forever(name))
    jobs.add(task)
    task.add_done_callback(jobs.discard)
