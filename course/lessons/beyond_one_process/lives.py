"""What needs a server of its own: a run that is killed in `clean`, and two relays that claim a row.

Where the server is reachable, the run is real; elsewhere what was recorded is shown, with its date.
"""

import json
import os
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import yaml
from pydantic import BaseModel

from course.live import FileGate, Process, launch

_HERE = Path(__file__).parent
_PACKAGE = "course.lessons.beyond_one_process"
_TASKS = ("extract", "stats", "clean", "report")


class Lives(BaseModel):
    """What became of a run in two lives of its process."""

    result: str | None
    starts: dict[str, int]


class Recorded(Lives):
    """The same, from an earlier run: when, and with which versions."""

    title: str
    server: str
    date: date
    versions: str


class Shown:
    """A run's two lives, and where that is known from. A table in text."""

    def __init__(self, title: str, source: str, lives: Lives) -> None:
        self.title = title
        self.source = source
        self.lives = lives

    def __repr__(self) -> str:
        starts = ", ".join(f"{name} {self.lives.starts.get(name, 0)}" for name in _TASKS)
        result = self.lives.result or "none: the run was lost"
        return f"{self.title} ({self.source})\n  started: {starts}\n  result:  {result}"


def _known(part: str) -> dict[str, Any]:
    text = (_HERE / "recorded.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)[part]
    return found


def recorded() -> Mapping[str, Recorded]:
    """What was measured earlier, by the name of the engine."""
    return {name: Recorded.model_validate(entry) for name, entry in _known("lives").items()}


def two_lives(name: str) -> Shown:
    """Run it on the server that the environment names; without one, show what was recorded.

    Raises:
        KeyError: there is no such engine; the message has their names.
    """
    known = recorded()
    if name not in known:
        raise KeyError(f"{name!r}: there is " + ", ".join(known))
    url = os.environ.get(known[name].server)
    if url:
        return Shown(known[name].title, f"run just now, with {known[name].server}", _RUN[name](url))
    source = f"recorded in {known[name].date:%B %Y} with {known[name].versions}"
    return Shown(known[name].title, source, known[name])


def dbos_lives(url: str) -> Lives:
    """Run the graph of durable.py on the database at `url`; kill it in clean; start it again."""
    with tempfile.TemporaryDirectory() as folder:
        gate, run_id = FileGate(Path(folder) / "gate"), f"run-{uuid.uuid4()}"
        env = {"GATE": gate.path, "DURABLE_URL": url}
        app = f"{_PACKAGE}.durable:app"
        with launch(app, env=env) as first:
            first.client.post(f"/runs/{run_id}")
            first.wait_for("clean: started")
            until_finished(first.client, f"/runs/{run_id}.stats")
        gate.open()
        with launch(app, env=env) as second:
            result = until_finished(second.client, f"/runs/{run_id}")
        log = [*first.log, *second.log]
        return Lives(result=result, starts=Counter(line.split(":")[0] for line in log if "started" in line))


def until_finished(client: Any, path: str, timeout: float = 20) -> Any:
    """Ask until the run is over; -> its result.

    Raises:
        TimeoutError: it was not over in time.
    """
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        reply = client.get(path)
        if reply.is_success and reply.json()["status"] == "SUCCESS":
            return reply.json()["result"]
        time.sleep(0.02)
    raise TimeoutError(path)


def celery_lives(
    url: str, *, late: bool = False, reject: bool = False, visibility: int | None = None, child: bool = False
) -> Lives:
    """Run the graph of celery_app.py on the Redis server at `url`, in a database that is emptied first.

    Args:
        url: of the database.
        late: acknowledge a task when it is done.
        reject: give a task back when its child has died.
        visibility: seconds until another worker gets a message that nobody acknowledges.
        child: kill only the child in which `clean` runs; without, the worker with all its children, and
            start another.
    """
    import redis  # it takes 0.2 s, which few need

    client = redis.Redis.from_url(url)
    with tempfile.TemporaryDirectory() as folder:
        gate, notes = FileGate(Path(folder) / "gate"), Path(folder) / "notes"
        env: dict[str, object] = {"GATE": gate.path, "NOTES": notes, "REDIS_URL": url}
        env |= {"LATE": "yes" if late else "no", "REJECT": "yes" if reject else "no"}
        if visibility is not None:
            env["VISIBILITY"] = visibility

        def started() -> dict[str, int]:
            """The tasks that have begun, and the process of each."""
            lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
            return {name: int(pid) for name, pid in map(str.split, lines)}

        def over() -> bool:
            return _answer(client) is not None or _nothing_left(client)

        client.flushdb()
        try:
            with _worker(env):
                with Process(f"{_PACKAGE}.send_run", "run-1", env=env) as sender:
                    sender.wait()
                _until(lambda: "clean" in started() and 6 in _results(client))  # 6: stats is over
                if child:
                    psutil.Process(started()["clean"]).kill()
                    gate.open()
                    _until(over, in_a_row=20)
            gate.open()
            if not child:
                with _worker(env):
                    _until(over, in_a_row=20)  # a message on its way is nowhere for a moment
            names = [line.split()[0] for line in notes.read_text(encoding="utf-8").splitlines()]
            return Lives(result=_answer(client), starts=Counter(names))
        finally:
            client.flushdb()
            client.close()


# a mail that is to be sent later

_COUNTDOWN, _VISIBILITY = 8, 3  # seconds


class RecordedMail(BaseModel):
    """What became of the mail in an earlier run."""

    date: date
    versions: str
    again: bool


def mail_later() -> None:
    """Give Celery a mail with a countdown above the visibility timeout, and print how often it is sent."""
    url = os.environ.get("COURSE_REDIS_URL")
    if url:
        again, source = sent_again(url), "run just now, with COURSE_REDIS_URL"
    else:
        found = RecordedMail.model_validate(_known("mail"))
        again, source = found.again, f"recorded in {found.date:%B %Y} with {found.versions}"
    print(f"Celery on Redis, default settings ({source})")
    print(
        f"  countdown {_COUNTDOWN} s, visibility timeout {_VISIBILITY} s: sent", "again" if again else "once"
    )


def sent_again(url: str, visibility: int = _VISIBILITY) -> bool:
    """Whether a task with a countdown runs more than once; the database of the server at `url` is emptied."""
    import redis

    client = redis.Redis.from_url(url)
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "notes"
        env: dict[str, object] = {"GATE": Path(folder) / "gate", "NOTES": notes, "REDIS_URL": url}
        env |= {"LATE": "no", "REJECT": "no", "VISIBILITY": visibility}
        app, later = f"{_PACKAGE}.celery_app", ("--countdown", str(_COUNTDOWN))

        def runs() -> int:
            return len(notes.read_text(encoding="utf-8").splitlines()) if notes.exists() else 0

        client.flushdb()
        try:
            with (
                _worker(env),
                Process("celery", "-A", app, "call", f"{app}.extract", *later, env=env) as sender,
            ):
                sender.wait()
                _until(lambda: runs() > 1 or (runs() == 1 and _nothing_left(client)), in_a_row=20)
            return runs() > 1
        finally:
            client.flushdb()
            client.close()


def _worker(env: Mapping[str, object]) -> Process:
    app = f"{_PACKAGE}.celery_app"
    options = ["worker", "-c", "2", "-l", "INFO", "--without-gossip", "--without-mingle"]
    worker = Process("celery", "-A", app, *options, env=env)
    worker.wait_for("ready.", timeout=40)
    return worker


def _until(true: Callable[[], bool], timeout: float = 40, in_a_row: int = 1) -> None:
    """Look until it was true so many times in a row.

    Raises:
        TimeoutError: it was not within `timeout` seconds.
    """
    end, seen = time.monotonic() + timeout, 0
    while (seen := seen + 1 if true() else 0) < in_a_row:
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def _results(client: Any) -> list[Any]:
    keys = [key for key in client.keys("celery-task-meta-*") if client.type(key) == b"string"]
    texts = [text for text in client.mget(keys) if text] if keys else []
    return [found["result"] for found in map(json.loads, texts) if found["status"] == "SUCCESS"]


def _answer(client: Any) -> str | None:
    return next((each for each in _results(client) if isinstance(each, str)), None)


def _nothing_left(client: Any) -> bool:
    """No message waits, none is being worked on."""
    return bool(client.llen("celery") == 0 and client.hlen("unacked") == 0)


_RUN: Mapping[str, Callable[[str], Lives]] = {
    "dbos-postgresql": dbos_lives,
    "celery-redis": celery_lives,
    "celery-redis-careful": partial(celery_lives, late=True, visibility=3),
    "celery-child": partial(celery_lives, late=True, child=True),
    "celery-child-rejects": partial(celery_lives, late=True, reject=True, child=True),
}


# two relays, one row after the other


class Claim(BaseModel):
    """What two relays got, and whether the second one had to wait for the first one to commit."""

    got: tuple[str | None, str | None]
    waited: bool

    def __str__(self) -> str:
        return " ".join(map(str, self.got)) + (", after waiting" if self.waited else "")


class Claims(BaseModel):
    """The same claim with and without locks, each begun before the other relay had committed."""

    plain: Claim
    repeatable: Claim
    locked: Claim
    skip_locked: Claim


class RecordedClaims(Claims):
    """The same, from an earlier run."""

    date: date
    versions: str


CLAIM = """
UPDATE outbox SET state = 'running' WHERE id = (
    SELECT id FROM outbox WHERE state = 'new' ORDER BY id LIMIT 1 {lock}
) RETURNING id
"""
_SERVER = "COURSE_POSTGRES_URL"


def two_claims() -> None:
    """Let two relays claim a row of PostgreSQL at the same time, and print what each gets."""
    url = os.environ.get(_SERVER)
    if url:
        claims, source = claim_twice(url), f"run just now, with {_SERVER}"
    else:
        found = recorded_claims()
        claims, source = found, f"recorded in {found.date:%B %Y} with {found.versions}"
    print(f"PostgreSQL ({source})")
    print("  SELECT … LIMIT 1                        ", claims.plain)
    print("    the same in REPEATABLE READ           ", claims.repeatable)
    print("  SELECT … LIMIT 1 FOR UPDATE             ", claims.locked)
    print("  SELECT … LIMIT 1 FOR UPDATE SKIP LOCKED ", claims.skip_locked)


def recorded_claims() -> RecordedClaims:
    """What was measured earlier."""
    return RecordedClaims.model_validate(_known("claims"))


def claim_twice(url: str) -> Claims:
    """Claim with and without a lock, on the PostgreSQL server at `url`."""
    locks = {"plain": "", "locked": "FOR UPDATE", "skip_locked": "FOR UPDATE SKIP LOCKED"}
    claims = {name: _two_relays(url, lock) for name, lock in locks.items()}
    return Claims(**claims, repeatable=_two_relays(url, "", "REPEATABLE READ"))


def _two_relays(url: str, lock: str, isolation: str = "READ COMMITTED") -> Claim:
    """Two rows. The first relay claims and has not committed when the second one claims."""
    import psycopg  # it takes 0.1 s, which few need

    server = psycopg.conninfo.make_conninfo(url, dbname="postgres")
    with (
        psycopg.connect(server, autocommit=True) as watcher,
        psycopg.connect(server) as first,
        psycopg.connect(server) as second,
        ThreadPoolExecutor() as pool,
    ):
        table = f"course_{uuid.uuid4().hex}"
        claim = CLAIM.format(lock=lock).replace("outbox", table)
        watcher.execute(f"CREATE TABLE {table} (id text PRIMARY KEY, state text DEFAULT 'new')")
        try:
            watcher.execute(f"INSERT INTO {table} (id) VALUES ('order-1'), ('order-2')")
            for relay in (first, second):
                relay.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
            mine = first.execute(claim).fetchone()
            other = pool.submit(lambda: second.execute(claim).fetchone())
            waiting = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
            _until(
                lambda: other.done() or bool(watcher.execute(waiting, [second.info.backend_pid]).fetchone())
            )
            waited = not other.done()
            first.commit()
            try:
                theirs = other.result()
                second.commit()
            except psycopg.OperationalError as error:
                theirs = (f"error {error.sqlstate}",)
            return Claim(got=(mine[0] if mine else None, theirs[0] if theirs else None), waited=waited)
        finally:
            first.rollback()
            second.rollback()
            watcher.execute(f"DROP TABLE {table}")
