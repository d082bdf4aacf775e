"""Pages to render: on a DBOS queue, which processes share, or started in the process that is asked."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dbos import DBOS
from fastapi import FastAPI

from course.lessons.beyond_one_process.old_sqlite import teach_milliseconds
from course.live.gate import FileGate

ME = os.environ["EXECUTOR"]  # a name of its own for each process, and the same after a restart
DBOS(
    config={
        "name": "pages",
        "system_database_url": os.environ["DURABLE_URL"],
        "application_version": "1",
        "executor_id": ME,
        "log_level": "WARNING",  # what goes wrong in its threads is in the log
    }
)


@DBOS.workflow()
def render(page: int) -> None:
    """Render one page."""
    step(page)


@DBOS.step()
def step(page: int) -> None:
    """The work, held by a gate."""
    print(f"page {page}: started")
    FileGate(os.environ["GATE"]).wait()
    print(f"page {page}: done")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Each process takes at most two pages at a time from the queue."""
    teach_milliseconds()
    DBOS.launch()
    await DBOS.register_queue_async("pages", worker_concurrency=2, polling_interval_sec=0.25)
    yield
    DBOS.destroy()


app = FastAPI(lifespan=lifespan)


@app.post("/started/{page}", status_code=202)
def started(page: int) -> None:
    """It runs in this process."""
    DBOS.start_workflow(render, page)


@app.post("/queued/{page}", status_code=202)
def queued(page: int) -> None:
    """It runs in the process that takes it from the queue."""
    DBOS.enqueue_workflow("pages", render, page)
