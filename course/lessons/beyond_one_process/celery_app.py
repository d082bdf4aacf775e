"""The same graph on Celery with Redis: a chain, and a chord where branches meet."""

import os
from pathlib import Path

from celery import Celery, chain, chord, group

from course.live.gate import FileGate

URL = os.environ["REDIS_URL"]
celery = Celery("celery_app", broker=URL, backend=URL)
celery.conf.worker_prefetch_multiplier = 1
# acknowledge a task when it is done, not when it begins:
celery.conf.task_acks_late = os.environ["LATE"] == "yes"
# give a task back, also when only the child process that ran it has died:
celery.conf.task_reject_on_worker_lost = os.environ["REJECT"] == "yes"
if "VISIBILITY" in os.environ:  # seconds until a message that nobody acknowledges is given to another worker
    celery.conf.broker_transport_options = {
        "visibility_timeout": int(os.environ["VISIBILITY"]),  # far longer than the longest task and countdown
        "unacked_restore_interval": 1,  # seconds between two chances to look; by default 10
        "unacked_restore_throttle": 1,  # look at every chance; by default at every tenth
    }
celery.conf.worker_lost_wait = 1.0  # seconds until a dead child counts as lost; 10 by default


def note(task: str) -> None:
    """Write down what ran, and in which process, for whoever watches."""
    with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as notes:
        notes.write(f"{task} {os.getpid()}\n")


@celery.task
def extract() -> list[int]:
    """The first task."""
    note("extract")
    return [1, 2, 3]


@celery.task
def clean(rows: list[int]) -> list[int]:
    """The slow one: the gate holds it."""
    note("clean")
    FileGate(os.environ["GATE"]).wait()
    return [10 * row for row in rows]


@celery.task
def stats(rows: list[int]) -> int:
    """Runs beside clean."""
    note("stats")
    return sum(rows)


@celery.task
def report(parts: list[object]) -> str:
    """Needs both."""
    note("report")
    return f"{parts[0]}, total {parts[1]}"


def start(run_id: str) -> None:
    """Send the graph to the broker; the result comes under the run's id."""
    chain(extract.s(), chord(group(clean.s(), stats.s()), report.s())).apply_async(task_id=run_id)
