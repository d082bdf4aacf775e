"""The same graph on Celery with Redis: a chain, and a chord where branches meet."""

import os
from pathlib import Path

from celery import Celery, chain, chord, group

from course.live.gate import FileGate

URL = os.environ["REDIS_URL"]
celery = Celery("celery_app", broker=URL, backend=URL)
celery.conf.worker_prefetch_multiplier = 1
if os.environ["CAREFUL"] == "yes":
    celery.conf.task_acks_late = True  # acknowledge when the task is done, not when it begins
    celery.conf.broker_transport_options = {
        "visibility_timeout": 3,  # after so many seconds without an acknowledgement it is given to another:
        "unacked_restore_interval": 1,  # far above the longest task in earnest, or tasks run twice
        "unacked_restore_throttle": 1,  # how often somebody looks; the defaults make it minutes
    }


def note(line: str) -> None:
    """Write down what ran, for whoever watches."""
    with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as notes:
        notes.write(f"{line}\n")


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
