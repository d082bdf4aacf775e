"""Background tasks in one process: none of them lets an exception out, all of them say what happened.

One task
    ``background_tasks.add_task(guarded(send_mail), to)``. An exception that leaves a background task
    skips the tasks after it, and under uvicorn it closes the connection with whatever request is on it.
    `guarded` logs it instead, with the name of the task and, if your middleware sets `request_id`, the
    id of the request.

Tasks that depend on each other
    ::

        orders = TaskManager(inputs=["order_id"])

        @orders.task(depends_on=["order_id"])
        def load(order_id): ...                             # sync: in one of eight threads of its own

        @orders.task(depends_on=["load"], retry=retry_transient(), timeout=5)
        async def charge(load): ...                         # async: on the event loop

        @orders.task(depends_on=["load", "charge"])
        async def mail(order, receipt): ...                 # other names: by position

        @app.post("/orders/{order_id}", status_code=202)
        async def order(order_id: int, start: Annotated[Start, Depends(orders.depends())]):
            start(order_id=order_id)                        # runs after the response

    ``orders.depends()`` refuses a broken graph while the application starts: a TaskGraphError names the
    task, the nearest known name, a shortest circle, or the parameters that nothing delivers. Without
    FastAPI's help it is ``orders.resolve_dependencies()`` and ``background_tasks.add_task(orders.run,
    order_id=7)``. One manager serves any number of runs at the same time; a run has nothing in common
    with another but the threads.

What becomes of a task
    Every task ends as done, failed, skipped, timed out or cancelled. A failure skips exactly the tasks
    below it. `run` returns a `Report` and raises nothing but cancellation; BackgroundTasks throws the
    report away, so give the manager an ``on_report``. A report is a mapping of records; it prints as
    text, shows as a table, and has ``mermaid()`` and ``events()`` for a timeline. It has no times but in
    its records and events, so it looks the same at every run.

    Results are dropped when the last task that takes them has them. Those of tasks that no other depends
    on stay in ``report.results``; ``run(keep=[...])`` keeps others instead.

Retries and time-outs
    `retry` takes any tenacity object, for sync and async tasks. Give async tasks an `AsyncRetrying`: a plain
    `Retrying` decides in one of the threads of sync tasks. Waits with tenacity's own `sleep` hold neither the
    loop nor a thread. `retry_transient` retries errors that
    pass by themselves, also those of the usual clients. An HTTP call that may have been done, as far as its
    answer tells, is repeated only if it may be done twice. But a retry repeats the whole task, with all its
    calls, also a POST that was redirected: put one call into a task, and follow no redirect of a POST. For
    databases, mail and Redis see docs/transient.md: a Redis command whose answer is lost is done again.
    `timeout` is for each attempt. It cancels an async task; a thread cannot be stopped, so a sync task
    is given up: it counts as timed out and is not retried, while its thread goes on and keeps its place.
    When all places are kept so, later sync tasks, and decisions of a plain `Retrying`, wait until one of
    these threads ends, perhaps for ever: give the blocking library a time-out of its own.

What is promised, and what is traded
    A graph of 100,000 tasks does not hold the event loop for 50 ms. Sync tasks cannot starve `def` endpoints,
    and `run` and `run_sync` of `anyio.from_thread` work in them (not `check_cancelled`). Context variables
    reach every task, and what a task sets reaches no other. Asyncio's time-outs, task groups and cancellation
    work inside tasks. The price of speed: tasks that follow each other may run in the same asyncio.Task, so
    keep nothing by `asyncio.current_task()`: neither a task to cancel later, nor the scope of a session. When
    a run is cancelled, its async tasks are cancelled and have a second to end. Nothing outlives the process:
    work that must not be lost belongs into an outbox or a durable queue.

    ``python -m benchmarks`` measures all this beside other schedulers.
"""

from ._errors import (
    BadOption,
    CoroutineGiven,
    CycleError,
    DuplicateTask,
    MissingDependency,
    NotCallable,
    SelfDependency,
    SignatureMismatch,
    TaskGraphError,
)
from ._graph import TaskGraph
from ._guard import guarded, is_async, request_id, undone
from ._manager import Start, TaskDependency, TaskManager
from ._report import Outcome, Report, TaskEvent, TaskRecord, describe
from ._retry import TaskTimeout, retry_transient
from ._transient import transient

__all__ = [
    "BadOption",
    "CoroutineGiven",
    "CycleError",
    "DuplicateTask",
    "MissingDependency",
    "NotCallable",
    "Outcome",
    "Report",
    "SelfDependency",
    "SignatureMismatch",
    "Start",
    "TaskDependency",
    "TaskEvent",
    "TaskGraph",
    "TaskGraphError",
    "TaskManager",
    "TaskRecord",
    "TaskTimeout",
    "describe",
    "guarded",
    "is_async",
    "request_id",
    "retry_transient",
    "transient",
    "undone",
]
