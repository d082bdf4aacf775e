"""What keeps work when a process dies: a durable engine, and a queue with a broker."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course.facts import Seen, fact
from course.facts._experiments import saw
from course.lessons.beyond_one_process.old_sqlite import teach_milliseconds

_STEPS = ("extract", "clean", "report")
_DIED = 7  # the status of a process that has ended itself in the middle of a step


class _Engine:
    """DBOS on a file, with a workflow of three steps that say when they begin."""

    def __init__(self, folder: Path, executor: str, version: str | None, dies: bool) -> None:
        from dbos import DBOS, DBOSConfig

        config: DBOSConfig = {
            "name": "facts",
            "system_database_url": f"sqlite:///{folder / 'durable.sqlite'}",
            "executor_id": executor,
            "log_level": "CRITICAL",
            "notification_listener_polling_interval_sec": 0.02,
        }
        if version is not None:
            config["application_version"] = version
        DBOS(config=config)

        @DBOS.step()
        def step(name: str) -> str:
            with (folder / "begun").open("a", encoding="utf-8") as begun:
                begun.write(f"{name}\n")
            if dies and name == "clean":
                os._exit(_DIED)
            return name

        @DBOS.workflow()
        def run() -> list[str]:
            return [step(name) for name in _STEPS]

        self._run, self._folder = run, folder

    def start(self, id: str) -> Any:
        """Start a run, unless there is one of this id; wait for its result."""
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(id):
            return DBOS.start_workflow(self._run).get_result(polling_interval_sec=0.02)

    def begun(self) -> list[str]:
        """All steps that have begun, in all lives."""
        return (self._folder / "begun").read_text(encoding="utf-8").split()


@contextmanager
def _life(
    folder: Path, executor: str = "worker-1", version: str | None = "1", dies: bool = False
) -> Iterator[_Engine]:
    """DBOS from its launch to its end; launching takes up what was left."""
    from dbos import DBOS

    engine = _Engine(folder, executor, version, dies)
    DBOS.launch()
    try:
        yield engine
    finally:
        DBOS.destroy(destroy_registry=True)


def _first_life(folder: Path) -> None:
    teach_milliseconds()
    with _life(folder, dies=True) as engine:
        engine.start("run")


def _killed_in_clean() -> tuple[Path, bool]:
    """A folder in which a run was left in its second step; whether its process died there."""
    import dbos  # noqa: F401  # both lives need it

    folder = Path(tempfile.mkdtemp())
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    process = multiprocessing.get_context(method).Process(target=_first_life, args=(folder,))  # type: ignore[attr-defined]
    process.start()
    process.join()
    teach_milliseconds()
    return folder, process.exitcode == _DIED


@fact(
    "D1",
    "DBOS reads the results of finished steps from its file, begins the interrupted one again and goes on; "
    "the same id once more runs nothing.",
)
def durable_steps() -> Seen:
    """A process that dies in the second of three steps, and the next one."""
    folder, died = _killed_in_clean()
    with _life(folder) as engine:
        results = [engine.start("run"), engine.start("run")]
        begun = engine.begun()
    wanted = ["extract", "clean", "clean", "report"]
    return Seen(died and results == [list(_STEPS)] * 2 and begun == wanted, f"begun: {', '.join(begun)}")


@fact(
    "D2",
    "DBOS leaves unfinished work to the one who had it: the same executor_id, the same application_version, "
    "which is a hash of the workflows' source where it is not set.",
)
def whose_work_it_is() -> Seen:
    """The same dead run, and what other processes do that find it; each completes a run of its own."""
    folder, died = _killed_in_clean()
    others: dict[str, dict[str, Any]] = {
        "another name": {"executor": "worker-2"},
        "another version": {"version": "2"},
        "no version": {"version": None},
    }
    left, versions = dict[str, bool](), set[str]()
    for who, settings in others.items():
        with _life(folder, **settings) as engine:
            before = engine.begun()
            engine.start(who)
            left[f"{who}: left alone"] = (
                engine.begun() == [*before, *_STEPS] and _state("run")[0] == "PENDING"
            )
            versions.add(_state(who)[1])
    with _life(folder) as engine:
        finished = engine.start("run") == list(_STEPS)
    hashed = {version for version in versions if len(version) > 20}
    return saw({"it died": died, **left, "the same one: finished": finished, "a hash": len(hashed) == 1})


def _state(id: str) -> tuple[str, str]:
    """The state of a run, and for which version it is."""
    from dbos import DBOS

    status = DBOS.get_workflow_status(id)
    assert status is not None
    return status.status, str(status.app_version)


@fact(
    "C1",
    "Celery acknowledges a message when its task begins, and with task_acks_late when it has ended; Redis "
    "gives one that is not acknowledged to another after an hour, if nobody sets it.",
)
def acknowledged() -> Seen:
    """Tasks that look at their own message, with a broker in memory; the defaults of the one for Redis."""
    from celery import Celery
    from celery.contrib.testing.worker import start_worker
    from celery.worker import state
    from kombu.transport.redis import Channel

    app = Celery("facts", broker="memory://", backend="cache+memory://")
    app.conf.broker_transport_options = {"polling_interval": 0.02}

    def look(task: Any) -> bool:
        return bool(state.requests[task.request.id].acknowledged)

    at_once = app.task(bind=True, name="at once")(look)
    when_done = app.task(bind=True, name="when done", acks_late=True)(look)
    worker = start_worker(app, perform_ping_check=False)
    worker.__enter__()  # it ends with this process
    early, late = (task.delay().get(timeout=30, interval=0.02) for task in (at_once, when_done))
    return Seen(
        (early, late, app.conf.task_acks_late, Channel.visibility_timeout) == (True, False, False, 3600),
        f"acknowledged while at work: {early}, with acks_late: {late}; "
        f"visibility timeout: {Channel.visibility_timeout} s",
    )
