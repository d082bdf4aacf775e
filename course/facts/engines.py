"""What keeps work when a process dies: a durable engine, and a queue with a broker."""

import multiprocessing
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from course.facts import Seen, fact
from course.facts._experiments import saw, until
from course.lessons.beyond_one_process.old_sqlite import teach_milliseconds
from course.live import FileGate, Process, launch
from course.live.process import ServerProcess

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
    "which is a hash where it is not set.",
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
    "D3",
    "A second process under the executor_id of a healthy one makes its step run once more. A run stays "
    "where it was started; from a queue each process takes worker_concurrency runs.",
)
def sharing() -> Seen:
    """Processes of lesson 09, one after the other beside the first: two names, then a name of the first."""
    with _servers_of_pages() as (process, gate), process("one") as one, process("two") as two:
        for page in range(3):
            one.client.post(f"/started/{page}")
        one.wait_for(": started", times=3)
        for page in range(3, 9):
            one.client.post(f"/queued/{page}")
        one.wait_for(": started", times=5)
        two.wait_for(": started", times=2)
        time.sleep(1)  # four times as long as a process takes to look at the queue again
        begun = _pages(one), _pages(two)
        waiting = 9 - len(begun[0] + begun[1])
        with process("one") as again:

            def begun_twice() -> bool:
                """By any of them: what the new one takes up goes through a queue that all of them share."""
                pages = [page for each in (one, two, again) for page in _pages(each)]
                return len(set(pages)) < len(pages)

            with suppress(TimeoutError):
                until(begun_twice)
            twice = begun_twice()
        gate.open()
    return saw(
        {
            "a run stays where it was started": {0, 1, 2} <= set(begun[0]) and not {0, 1, 2} & set(begun[1]),
            # Two looks at the queue at the same moment may take one more; without a limit, all are taken.
            "two at a time from the queue": len(begun[0]) >= 5 and len(begun[1]) >= 2 and waiting > 0,
            "under the same name a step runs again": twice,
            "under another it did not": len(set(begun[0] + begun[1])) == len(begun[0] + begun[1]),
        }
    )


@fact(
    "D3b",
    "What a dead process had taken from a queue is not taken up under another name; what waits there is.",
)
def taken_and_left() -> Seen:
    """Pages of lesson 09: a process dies with some of four; another one does the rest, and one more."""
    with _servers_of_pages() as (process, gate):
        with process("one") as dead:
            for page in range(4):
                dead.client.post(f"/queued/{page}")
            dead.wait_for(": started", times=2)
        begun, taken = set(_pages(dead)), _taken(gate.path.with_name("pages.sqlite"))
        gate.open()
        with process("two") as other:
            other.wait_for(": done", times=4 - taken)
            other.client.post("/queued/4")  # behind all that it could find there
            other.wait_for("page 4: done")
            rest = set(_pages(other))
    return Seen(
        not rest & begun and len(rest) == 5 - taken and taken > 0,
        f"{taken} were taken, begun: {sorted(begun)}; the other one did {sorted(rest)}",
    )


def _taken(database: Path) -> int:
    """How many runs a process has taken; it may die before such a run says that it begins."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT count(*) FROM workflow_status WHERE status = 'PENDING'")
        return int(rows.fetchone()[0])


@contextmanager
def _servers_of_pages() -> Iterator[tuple[Callable[[str], ServerProcess], FileGate]]:
    """Starts a server of lesson 09 under the name that it is given; the gate holds the pages of all."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        gate = FileGate(folder / "gate")
        env = {"GATE": gate.path, "DURABLE_URL": f"sqlite:///{folder / 'pages.sqlite'}"}

        def process(executor: str) -> ServerProcess:
            return launch("course.lessons.beyond_one_process.pages:app", env=env | {"EXECUTOR": executor})

        yield process, gate


def _pages(process: ServerProcess) -> list[int]:
    """The pages that it has begun, in order; two of them may have been written into one line."""
    return [int(page) for page in re.findall(r"page (\d+): started", "\n".join(process.log))]


@fact(
    "D4",
    "Where application_version is not set, DBOS hashes the workflows' source, the app's name and its own "
    "version.",
)
def what_a_version_is_made_of() -> Seen:
    """The version of the same workflows, under another name, and with another DBOS."""
    from dbos import DBOS
    from dbos._utils import GlobalParams

    teach_milliseconds()

    def version(name: str, dbos: str) -> str:
        folder = Path(tempfile.mkdtemp())
        engine_version, GlobalParams.dbos_version = GlobalParams.dbos_version, dbos
        DBOS(
            config={
                "name": name,
                "system_database_url": f"sqlite:///{folder / 'durable.sqlite'}",
                "log_level": "CRITICAL",
            }
        )

        @DBOS.workflow()
        def run() -> None:
            """Do nothing."""

        DBOS.launch()
        try:
            return str(DBOS.application_version)
        finally:
            GlobalParams.dbos_version = engine_version
            DBOS.destroy(destroy_registry=True)

    first, same, named, upgraded = (
        version(name, dbos) for name, dbos in [("shop", "1"), ("shop", "1"), ("bank", "1"), ("shop", "2")]
    )
    return saw(
        {
            "the same": first == same and len(first) > 20,
            "not under another name": named != first,
            "not after an upgrade of DBOS": upgraded != first,
        }
    )


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


@fact(
    "C2",
    "When the child of a Celery worker is killed, its task counts as failed and is acknowledged, also with "
    "task_acks_late; task_reject_on_worker_lost gives it back, and the whole task runs again.",
    known=["python; os_name == 'posix'"],
)
def killed_children() -> Seen:
    """A task that kills its own process the first time, with two settings; a broker made of files."""
    with ThreadPoolExecutor() as pool:
        late, rejected = pool.map(_runs_of_a_killed_child, (False, True))
    return Seen(
        (late, rejected) == (1, 2), f"runs with acks_late: {late}, and reject_on_worker_lost: {rejected}"
    )


def _runs_of_a_killed_child(reject: bool) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("queue", "control"):
            (folder / part).mkdir()
        env = {"FOLDER": folder, "REJECT": "yes" if reject else "no"}
        options = ["-c", "1", "-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        with Process("celery", "-A", "course.facts._killed", "worker", *options, env=env) as worker:
            worker.wait_for("ready.", timeout=40)
            with Process("course.facts._killed", env=env) as sender:
                sender.wait()
            worker.wait_for("WorkerLostError", timeout=40)
            if reject:
                worker.wait_for("succeeded", timeout=40)
            else:
                until(lambda: not any((folder / "queue").iterdir()))
        return len((folder / "runs").read_text(encoding="utf-8"))
