"""How much waiting time a background task saves, measured on a running server."""

import time
from dataclasses import dataclass

from fastapi import BackgroundTasks, FastAPI

from course.live import serve


@dataclass(frozen=True)
class Measurement:
    """What the client's clock saw; all durations in seconds."""

    handler: float
    job: float
    inside: float
    behind: float

    @property
    def saved(self) -> float:
        """The share of the waiting time that disappeared, from 0 to 1."""
        return 1 - self.behind / self.inside


def measure_saving(handler: float, job: float, rounds: int = 2) -> Measurement:
    """Let a client wait for handler + job, then for the handler alone; keep the best of some rounds.

    There are more rounds, up to ten times as many, while something else on the machine disturbs them all.
    """
    app = FastAPI()

    @app.post("/inside")
    def inside() -> None:
        time.sleep(handler)
        time.sleep(job)

    @app.post("/behind")
    def behind(tasks: BackgroundTasks) -> None:
        time.sleep(handler)
        tasks.add_task(time.sleep, job)

    def best(path: str, slept: float) -> float:
        enough = 1.05 * slept + 0.01  # whatever is longer was disturbed
        durations: list[float] = []
        while len(durations) < rounds or (min(durations) > enough and len(durations) < 10 * rounds):
            start = time.perf_counter()
            server.client.post(path)
            durations.append(time.perf_counter() - start)
            server.settle()
        return min(durations)

    with serve(app) as server:
        return Measurement(
            handler, job, inside=best("/inside", handler + job), behind=best("/behind", handler)
        )
