"""The app of servers in processes of their own: tasks that go on when a file exists.

``FOLDER`` names the folder with that file and with the outbox; with ``RELAY`` in the environment, letters
that were accepted are sent. ``LIMIT`` is the time-out in seconds of the task that has one.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import BackgroundTasks, FastAPI

from course.facts._outbox import Outbox
from course.live.gate import FileGate

folder = Path(os.environ["FOLDER"])
gate = FileGate(folder / "gate")
jobs: dict[str, asyncio.Task[None]] = {}
beside = asyncio.Event()


async def relay(outbox: Outbox) -> None:
    """Take letter after letter, send it, and note when the gate is open that it is done."""
    outbox.revive()
    while True:
        if id := outbox.take():
            outbox.send(id)
            print("letter: sent")
            await gate.wait_async()
            outbox.done(id)
            print("letter: done")
        await asyncio.sleep(0.02)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Say when the app ends in an orderly way; with LAST, not before the file of that name is there."""
    print("lifespan: begins")
    with Outbox(folder) as outbox:
        app.state.outbox = outbox
        if "RELAY" in os.environ:
            jobs["relay"] = asyncio.create_task(relay(outbox))
        yield
    if "LAST" in os.environ:
        print("lifespan: waits")
        await FileGate(folder / "last").wait_async()
    print("lifespan: over")


app = FastAPI(lifespan=lifespan)


async def held() -> None:
    """A task that the gate holds."""
    print("async: started")
    try:
        await _guarded()
    except asyncio.CancelledError:
        print("async: cancelled")
        raise
    print("async: done")


async def _guarded() -> None:
    try:
        await gate.wait_async()
    except Exception:
        print("async: failed")


async def limited() -> None:
    """Wait for the gate, but not for ever."""
    try:
        async with asyncio.timeout(float(os.environ["LIMIT"])):
            print("limited: started")
            await gate.wait_async()
            await asyncio.sleep(0.01)  # a turn of the loop, also if the gate was open at the first look
        print("limited: in time")
    except TimeoutError:
        print("limited: too late")
    print("limited: over")


def held_in_a_thread() -> None:
    """The same as a plain function."""
    print("sync: started")
    gate.wait()
    print("sync: done")


async def forever() -> None:
    """A job that has no end."""
    print("job: started")
    try:
        await asyncio.Event().wait()
    finally:
        print("job: over")


async def noting() -> None:
    """A task that notes its cancellation at once, and something more when the gate is open."""
    print("noting: started")
    try:
        await gate.wait_async()
    except BaseException:
        print("noting: at once")
        await gate.wait_async()
        print("noting: after an await")
        raise


async def fail_beside() -> None:
    """Fail when another request is being answered."""
    await beside.wait()
    raise ConnectionError("the task has failed")


@app.post("/noting", status_code=202)
async def leave_noting(tasks: BackgroundTasks) -> None:
    """Leave a task that notes its cancellation."""
    tasks.add_task(noting)


@app.post("/fails", status_code=202)
async def leave_failing(tasks: BackgroundTasks) -> None:
    """Leave a task that fails while `/beside` is being answered."""
    tasks.add_task(fail_beside)


@app.get("/beside")
async def answered_beside() -> str:
    """Answer when the gate is open."""
    beside.set()
    await gate.wait_async()
    return "fine"


@app.post("/async", status_code=202)
async def leave_async(tasks: BackgroundTasks) -> None:
    """Leave a held task and another behind it."""
    tasks.add_task(held)
    tasks.add_task(print, "async: next")


@app.post("/limited", status_code=202)
async def leave_limited(tasks: BackgroundTasks) -> None:
    """Leave a task with a time-out."""
    tasks.add_task(limited)


@app.post("/sync", status_code=202)
async def leave_sync(tasks: BackgroundTasks) -> None:
    """The same with a plain function."""
    tasks.add_task(held_in_a_thread)
    tasks.add_task(print, "sync: next")


@app.post("/jobs/{name}", status_code=202)
async def start(name: str) -> None:
    """Start an asyncio task that the app keeps itself."""
    jobs[name] = asyncio.create_task(forever())


@app.get("/jobs/{name}")
async def known(name: str) -> tuple[bool, int]:
    """Whether this process knows the job, and which process it is."""
    return name in jobs, os.getpid()


@app.get("/stuck")
async def stuck() -> int:
    """Keep this process's loop until the gate is open."""
    print("stuck: started")
    gate.wait()
    return os.getpid()


@app.post("/letters/{id}", status_code=202)
async def letter(id: str) -> None:
    """Accept a letter: its row is on disk before the answer."""
    app.state.outbox.accept(id)
