"""A Celery app with a task that the kernel kills: ``python -m course.facts._killed`` sends it."""

import os
import signal
from pathlib import Path

from celery import Celery

folder = Path(os.environ["FOLDER"])
app = Celery("killed", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": str(folder / "queue"),
    "data_folder_out": str(folder / "queue"),
    "control_folder": str(folder / "control"),
}
app.conf.task_acks_late = True
app.conf.task_reject_on_worker_lost = os.environ["REJECT"] == "yes"
app.conf.task_ignore_result = True
app.conf.worker_lost_wait = 0.5  # seconds until a child that is gone counts as lost; 10 as it comes


def die_once() -> None:
    """Die the first time."""
    runs = folder / "runs"
    first = not runs.exists()
    with runs.open("a", encoding="utf-8") as file:
        file.write("x")
    if first:
        os.kill(os.getpid(), signal.SIGKILL)


killed = app.task(name="killed")(die_once)

if __name__ == "__main__":
    killed.delay()
