"""The graph of lesson 05 as durable steps: FastAPI with DBOS, in one process, on one SQLite file.

With DURABLE_URL=postgresql://… a run outlives its machine: another one goes on with it, when it is started
under the same executor id. Processes do not share runs; they share queues, as in pages.py.
"""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from graphlib import TopologicalSorter
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID
from fastapi import FastAPI, HTTPException

from course.live.gate import FileGate

gate = FileGate(os.environ["GATE"])
config: DBOSConfig = {
    "name": "course",
    "system_database_url": os.environ["DURABLE_URL"],  # where each finished step is written down
    "application_version": "1",  # work of another version is left alone
    "executor_id": os.environ.get(
        "EXECUTOR", "worker-1"
    ),  # who starts under this name takes up its unfinished work
    "log_level": "CRITICAL",
    "notification_listener_polling_interval_sec": 0.02,
}
DBOS(config=config)


def extract() -> list[int]:
    """The first task."""
    return [1, 2, 3]


def clean(extract: list[int]) -> list[int]:
    """The slow one: the gate holds it."""
    gate.wait()
    return [10 * row for row in extract]


def stats(extract: list[int]) -> int:
    """Runs beside clean."""
    return sum(extract)


def report(clean: list[int], stats: int) -> str:
    """Needs both."""
    return f"{clean}, total {stats}"


TASKS: dict[str, Callable[..., Any]] = {"extract": extract, "clean": clean, "stats": stats, "report": report}
GRAPH: dict[str, list[str]] = {
    "extract": [],
    "clean": ["extract"],
    "stats": ["extract"],
    "report": ["clean", "stats"],
}


@DBOS.step()
def run_task(name: str, inputs: dict[str, Any]) -> Any:
    """One task: its result is written down when it ends, and it never runs again after that."""
    print(f"{name}: started")
    result = TASKS[name](**inputs)
    print(f"{name}: done")
    return result


@DBOS.workflow()
def node(run_id: str, name: str, needs: list[str]) -> Any:
    """One task of a run, as soon as it has what it needs."""
    return run_task(name, {need: _result(f"{run_id}.{need}") for need in needs})


def _result(workflow_id: str) -> Any:
    return DBOS.retrieve_workflow(workflow_id).get_result(polling_interval_sec=0.02)


@DBOS.workflow()
def run_graph(graph: dict[str, list[str]]) -> Any:
    """Start every task; each waits for its needs, so branches overlap."""
    run_id = DBOS.workflow_id
    assert run_id is not None
    for name in TopologicalSorter(graph).static_order():
        with SetWorkflowID(f"{run_id}.{name}"):
            DBOS.start_workflow(node, run_id, name, graph[name])
    return _result(f"{run_id}.{name}")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Launching takes up what a dead process has left unfinished."""
    from course.lessons.beyond_one_process.old_sqlite import teach_milliseconds  # no part of the lesson

    teach_milliseconds()
    DBOS.launch()
    yield
    DBOS.destroy()


app = FastAPI(lifespan=lifespan)


@app.post("/runs/{run_id}", status_code=202)
def start(run_id: str) -> None:
    """The id is the idempotency key: posting it twice runs it once."""
    if "." in run_id:
        raise HTTPException(422, "run.task is the id of a task: the id of a run has no dot")
    with SetWorkflowID(run_id):
        DBOS.start_workflow(run_graph, GRAPH)


@app.get("/runs/{run_id}")
def status(run_id: str) -> dict[str, Any]:
    """What the table knows of it."""
    found = DBOS.get_workflow_status(run_id)
    if found is None:
        raise HTTPException(404)
    return {"status": found.status, "result": found.output}


@app.get("/cost/{steps}")
def cost(steps: int) -> float:
    """Milliseconds that a durable step costs beyond its work."""
    started = time.perf_counter()
    many_steps(steps)
    return (time.perf_counter() - started) / steps * 1000


@DBOS.step()
def nothing() -> None:
    """A step that does nothing."""


@DBOS.workflow()
def many_steps(steps: int) -> None:
    """That many steps, one after the other."""
    for _ in range(steps):
        nothing()
