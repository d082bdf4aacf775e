"""An app whose task says something in three ways."""

import logging

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()
log = logging.getLogger("shop")


def send_mail() -> None:
    """Say it in three ways."""
    print("print: sending")
    log.info("info: sending")
    log.warning("warning: the provider is slow")


@app.post("/orders", status_code=202)
async def order(tasks: BackgroundTasks) -> None:
    """Add a task that runs after the response."""
    tasks.add_task(send_mail)
