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
    """Let a client wait for handler + job, then for the handler; keep the best rounds.

    If another program disturbs every round, there are more rounds, up to ten times as many.
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
        durations = []
        for number in range(1, 10 * rounds + 1):
            start = time.perf_counter()
            server.client.post(path)
            durations.append(time.perf_counter() - start)
            server.settle()
            if number >= rounds and min(durations) <= enough:
                break
        return min(durations)

    with serve(app) as server:
        together, alone = best("/inside", handler + job), best("/behind", handler)
    return Measurement(handler, job, inside=together, behind=alone)
