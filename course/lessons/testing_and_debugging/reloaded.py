"""An app in version 1, with a task that ends when a file appears."""

import asyncio
from pathlib import Path

from fastapi import BackgroundTasks, FastAPI

VERSION = 1
app = FastAPI()


async def write_report() -> None:
    """Work until somebody makes the file `finish`."""
    print("the task runs")
    while not Path("finish").exists():
        await asyncio.sleep(0.02)
    print("the task is done")


@app.get("/version")
async def version() -> int:
    """Which text of this file is running."""
    return VERSION


@app.post("/report", status_code=202)
async def report(tasks: BackgroundTasks) -> None:
    """Leave the task."""
    tasks.add_task(write_report)
