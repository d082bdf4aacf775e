"""The life of a server's process: its end, its workers, its limits, and what survives it."""

from __future__ import annotations

import contextlib
import http.client
import importlib
import select
import shlex
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI

from course.facts import Seen, fact
from course.facts._experiments import in_order, saw, serve_plain, until
from course.facts._outbox import Outbox
from course.lessons.beyond_one_process.process_one import launch_as_process_one
from course.live import Gate, launch
from course.live.errors import ProcessTimeout
from course.live.gate import FileGate
from course.live.process import Process, ServerProcess

_APP = "course.facts._served:app"
_POSIX = ["python; os_name == 'posix'"]


@contextmanager
def _server(*options: str, folder: str, **env: object) -> Iterator[ServerProcess]:
    with launch(_APP, *options, folder=folder, env={"FOLDER": folder, **env}) as server:
        yield server


def _ask(server: ServerProcess, *paths: str) -> None:
    """Post to each of the paths, and wait until what that leaves behind has begun."""
    for path in paths:
        server.client.post(path).raise_for_status()
        server.wait_for(f"{path.strip('/').split('/')[0].removesuffix('s')}: started")


def _order_to_end() -> list[str]:
    """SIGTERM without a limit: tasks of each kind."""
    with tempfile.TemporaryDirectory() as folder, _server(folder=folder) as server:
        _ask(server, "/async", "/sync", "/jobs/x")
        server.terminate()
        server.wait_for("Waiting for background tasks to complete")
        FileGate(Path(folder) / "gate").open()
        server.wait()
        return server.log


def _order_with_a_limit() -> list[str]:
    """SIGTERM with a limit of one second."""
    limit = ("--timeout-graceful-shutdown", "1")
    with tempfile.TemporaryDirectory() as folder, _server(*limit, folder=folder) as server:
        _ask(server, "/async", "/sync")
        server.terminate()
        server.wait()
        return server.log


def _two_interrupts() -> list[str]:
    """Ctrl+C, and once more."""
    with tempfile.TemporaryDirectory() as folder, _server(folder=folder) as server:
        _ask(server, "/async", "/jobs/x")
        server.interrupt()
        server.wait_for("Waiting for background tasks to complete")
        server.interrupt()
        server.wait()
        return server.log


@fact(
    "F59",
    "At SIGTERM uvicorn waits for running tasks and those behind them, without a limit unless it has one, "
    "and forgets what create_task started, which Ctrl+C cancels; a second one cancels tasks, too, and skips "
    "the lifespan's end.",
    known=_POSIX,
)
def shutdown() -> Seen:
    """Three servers and how each is told to end."""
    with ThreadPoolExecutor() as pool:
        logs = pool.map(lambda end: end(), (_order_to_end, _order_with_a_limit, _two_interrupts))
        waits, limited, forced = logs
    ended = {"async: done", "async: next", "sync: done", "sync: next", "lifespan: over"}
    return saw(
        {
            "SIGTERM waits for tasks, then the lifespan ends": ended <= set(waits),
            "create_task's job is lost without a word": "job: over" not in waits,
            "a limit cancels the task and skips the next": "async: cancelled" in limited
            and "async: next" not in limited
            and "lifespan: over" in limited,
            "a limit kills a thread in mid-work": "sync: done" not in limited,
            "a second Ctrl+C cancels without the lifespan's end": "async: cancelled" in forced
            and "lifespan: over" not in forced,
            "Ctrl+C cancels create_task's job": "job: over" in forced,
        }
    )


@fact(
    "F61",
    "Workers share the port and nothing else: one knows the job, another has never heard of it.",
    known=_POSIX,
)
def workers() -> Seen:
    """A job in the memory of one of two workers; then that one is kept busy, so that the other answers."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _server("--workers", "2", folder=folder) as server,
        ThreadPoolExecutor() as pool,
    ):
        server.client.post("/jobs/x")  # the client keeps its connection, and with it its worker
        mine, pid = server.client.get("/jobs/x").json()
        busy = pool.submit(server.client.get, "/stuck")
        server.wait_for("stuck: started")
        with server.new_client() as other:
            theirs, other_pid = other.get("/jobs/x").json()
        FileGate(Path(folder) / "gate").open()
        same = busy.result().json() == pid
    return saw(
        {
            "the worker that has the job knows it": mine and same,
            "the other does not": not theirs and other_pid != pid,
        }
    )


@fact(
    "F62",
    "--limit-concurrency counts background tasks as well: one client on one connection, with nothing to wait "
    "for, gets a 503.",
)
def limit_concurrency() -> Seen:
    """Requests one after the other with a limit of three, each of which leaves a held task."""
    app, gate = FastAPI(), Gate("the limit was met")

    @app.post("/", status_code=202)
    async def leave(tasks: BackgroundTasks) -> None:
        tasks.add_task(gate.wait_async, 20)

    @app.get("/")
    async def index() -> None:
        """Do nothing."""

    with serve_plain(uvicorn.Config(app, limit_concurrency=3, log_config=None)) as client:
        statuses = [client.post("/").status_code for _ in range(4)]
        gate.open()
        later = _patiently(client)
    return Seen(statuses == [202, 202, 202, 503] and later == 200, f"answers {statuses}, later {later}")


@fact(
    "F62b",
    "--limit-concurrency counts open connections, also that of the request itself: with a limit of two, a "
    "request on a second connection is refused, although nobody is at work.",
)
def limit_of_connections() -> Seen:
    """Two clients, each with a connection that stays open, one request after the other."""
    app = FastAPI()

    @app.get("/")
    async def index() -> None:
        """Do nothing."""

    config = uvicorn.Config(app, limit_concurrency=2, log_config=None)
    with (
        serve_plain(config) as client,
        httpx.Client(base_url=client.base_url, trust_env=False, timeout=20) as other,
    ):
        statuses = [client.get("/").status_code, client.get("/").status_code, other.get("/").status_code]
    return Seen(statuses == [200, 200, 503], f"answers {statuses}")


def _patiently(client: httpx.Client) -> int:
    """The status when what was counted has ended, or after ten seconds."""
    end = time.monotonic() + 10
    while (status := client.get("/").status_code) == 503 and time.monotonic() < end:
        time.sleep(0.01)
    return status


@fact(
    "F63",
    "After kill -9 nothing is left of an accepted task; a row says 'running' until a relay takes it again, "
    "which makes its letter come at least once. Looking and taking must be one step.",
)
def durability() -> Seen:
    """A task and a letter, a kill, and a second life of the same server."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        with _server(folder=name, RELAY=1) as server:
            server.client.post("/letters/a")
            server.wait_for("letter: sent")
            _ask(server, "/async")
            server.kill()
        FileGate(Path(name) / "gate").open()
        with Outbox(Path(name)) as outbox:
            killed = outbox.state("a")
            with _server(folder=name, RELAY=1) as server:
                server.client.post("/letters/a")
                server.wait_for("letter: done")
                second_life = server.log
            revived = outbox.state("a")
            outbox.accept("b")
            with Outbox(Path(name)) as other:
                looked = outbox.look(), other.look()
                taken = outbox.take(), other.take()
        lost = not any(line.startswith("async") for line in second_life)
    return saw(
        {
            "of the task nothing is left": lost,
            "the row says running": killed == ("running", 1, 1),
            "after the restart the letter has come twice": revived == ("done", 2, 2),
            "two that look get the same letter, of two that take it one": looked == ("b", "b")
            and taken == ("b", None),
        }
    )


@fact(
    "F64",
    "At SIGTERM hypercorn waits for running tasks as long as --graceful-timeout says, 3 s if nobody sets it, "
    "and cancels them; granian exits, and they are lost.",
    known=[*_POSIX, "hypercorn>=0.18", "granian>=2.8"],
    needs=["hypercorn", "granian"],
)
def other_servers() -> Seen:
    """A held task, SIGTERM, and whether the task was still there when the gate was opened."""
    hypercorn = ("hypercorn", "--bind", "127.0.0.1:{port}", _APP)
    granian = ("granian", "--interface", "asgi", "--port", "{port}", _APP)
    return saw(
        {
            "hypercorn waits": "async: done" in _log_of_end(0.5, *hypercorn, "--graceful-timeout", "30"),
            "by default it cancels": "async: cancelled" in _log_of_end(20, *hypercorn),
            "granian exits, and the task is lost": "async: done" not in _log_of_end(20, *granian),
        }
    )


@fact(
    "F11b",
    "Over HTTP/1.1 hypercorn and granian answer the other request on the connection of a task that fails; "
    "gunicorn with uvicorn's worker does not.",
    known=[*_POSIX, "hypercorn>=0.18", "granian>=2.8", "gunicorn>=23", "uvicorn-worker>=0.3"],
    needs=["hypercorn", "granian", "gunicorn", "uvicorn-worker"],
)
def other_servers_and_a_failure() -> Seen:
    """A task that fails while the next request on its connection is being answered."""
    return saw(
        {
            "hypercorn answers": _answered_beside("hypercorn", "--bind", "127.0.0.1:{port}", _APP),
            "granian answers": _answered_beside("granian", "--interface", "asgi", "--port", "{port}", _APP),
            "gunicorn does not": not _answered_beside(
                "gunicorn", "-k", "uvicorn_worker.UvicornWorker", "-b", "127.0.0.1:{port}", _APP
            ),
        }
    )


def _answered_beside(module: str, *arguments: str) -> bool:
    """Whether a request is answered when the task of an earlier one on its connection fails meanwhile."""
    port = _free_port()
    options = [argument.format(port=port) for argument in arguments]
    with (
        tempfile.TemporaryDirectory() as folder,
        Process(module, *options, folder=folder, env={"FOLDER": folder}) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        _post_when_it_listens(f"http://127.0.0.1:{port}/jobs/x")
        client.post("/fails")
        beside = pool.submit(client.get, "/beside")
        server.wait_for("the task has failed")
        FileGate(Path(folder) / "gate").open()
        try:
            return beside.result().is_success
        except httpx.RemoteProtocolError:
            return False


def _log_of_end(patience: float, module: str, *arguments: str) -> list[str]:
    """What a server and its task say when SIGTERM comes; the task is held until that has ended the server, or
    for so many seconds.
    """
    port = _free_port()
    options = [argument.format(port=port) for argument in arguments]
    with (
        tempfile.TemporaryDirectory() as folder,
        Process(module, *options, folder=folder, env={"FOLDER": folder}) as server,
    ):
        _post_when_it_listens(f"http://127.0.0.1:{port}/async")
        server.wait_for("async: started")
        server.terminate()
        with contextlib.suppress(ProcessTimeout):
            server.wait(timeout=patience)
        FileGate(Path(folder) / "gate").open()
        server.wait(timeout=30)
        return server.log


@fact(
    "P1",
    "--timeout-graceful-shutdown limits the waiting for tasks, and not the end of the lifespan; a task that "
    "it cancels does not see an Exception.",
    known=_POSIX,
)
def lifespan_without_a_limit() -> Seen:
    """A limit of one second, and a lifespan that waits behind it; the gate is opened one second too late."""
    limit = ("--timeout-graceful-shutdown", "1")
    with tempfile.TemporaryDirectory() as folder, _server(*limit, folder=folder, LAST=1) as server:
        _ask(server, "/async")
        server.terminate()
        server.wait_for("lifespan: waits")
        time.sleep(2)
        there = server.running and "lifespan: over" not in server.log
        FileGate(Path(folder) / "last").open()
        server.wait()
        log = server.log
    return saw(
        {
            "the task is cancelled": "async: cancelled" in log,
            "the lifespan is not": there and "lifespan: over" in log,
            "except Exception does not see it": "async: failed" not in log,
        }
    )


@fact(
    "P1b",
    "uvicorn does not wait for a task that it has cancelled: what the task does at once is done, what it "
    "awaits is not.",
    known=_POSIX,
)
def cancelled_and_left() -> Seen:
    """A cancelled task that notes its end, and waits once more, at a gate that nobody opens."""
    limit = ("--timeout-graceful-shutdown", "1")
    with tempfile.TemporaryDirectory() as folder, _server(*limit, folder=folder) as server:
        _ask(server, "/noting")
        server.terminate()
        with contextlib.suppress(ProcessTimeout):
            server.wait(timeout=15)
        ended, log = not server.running, server.log
    return saw(
        {
            "what it does at once is done": "noting: at once" in log,
            "the server ends without what it awaits": ended and "lifespan: over" in log,
        }
    )


@fact(
    "P2",
    "A shell that has started the server passes no SIGTERM on to it; with `exec` the server takes its place.",
    known=_POSIX,
)
def start_scripts() -> Seen:
    """Two scripts that are told to end, and whether what they have started was told."""
    return saw(
        {
            "without exec the program is not told": not _told("{program}\n:\n"),
            "with exec it is": _told("exec {program}\n"),
        }
    )


@fact(
    "P2b",
    "As process 1 of a container, uvicorn does not die of the signal that it sends to itself at its end: it "
    "cancels what create_task started, after the lifespan, and waits for threads, in spite of its limit.",
    known=_POSIX,
)
def process_one() -> Seen:
    """SIGTERM with a limit of one second, for a job and a held thread; the gate is opened behind all that."""
    limit = ("--timeout-graceful-shutdown", "1")
    with (
        tempfile.TemporaryDirectory() as folder,
        launch_as_process_one(_APP, *limit, folder=folder, env={"FOLDER": folder}) as server,
    ):
        _ask(server, "/jobs/x", "/sync")
        server.terminate()
        server.wait_for("job: over")
        FileGate(Path(folder) / "gate").open()
        server.wait()
        log = server.log
    ends = [line for line in log if line in ("lifespan: over", "job: over", "sync: done")]
    return in_order(ends, "lifespan: over", "job: over", "sync: done")


def _told(script: str) -> bool:
    """Whether SIGTERM to the script has reached the program, when the script has ended or not."""
    program = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(sys.argv[1], 'told').touch(), sys.exit()))\n"
        "pathlib.Path(sys.argv[1], 'pid').write_text('there')\n"
        "for _ in range(200):\n"
        "    time.sleep(0.05)\n"
        "    pathlib.Path(sys.argv[1], 'turns').open('a').write('.')\n"
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "program.py").write_text(program, encoding="utf-8")
        command = shlex.join([sys.executable, str(folder / "program.py"), name])
        (folder / "start.sh").write_text(script.format(program=command), encoding="utf-8")
        process = subprocess.Popen(["sh", str(folder / "start.sh")])
        until((folder / "pid").exists, 20)
        process.terminate()
        process.wait(20)
        turns = _turns(folder)
        until(lambda: (folder / "told").exists() or _turns(folder) >= turns + 3, 20)  # or it goes on
        return (folder / "told").exists()


def _turns(folder: Path) -> int:
    path = folder / "turns"
    return len(path.read_text(encoding="utf-8")) if path.exists() else 0


@fact(
    "P3",
    "A process that is frozen when its response has left does nothing for its task; later it goes on there. "
    "Its clocks have gone on, so a time-out may be over.",
)
def frozen() -> Seen:
    """SIGSTOP while tasks are at work, an open gate, and the other direction after the limit of one task."""
    limit = 0.3
    with tempfile.TemporaryDirectory() as folder, _server(folder=folder, LIMIT=limit) as server:
        _ask(server, "/async", "/limited")
        server.freeze()
        FileGate(Path(folder) / "gate").open()
        time.sleep(limit + 0.1)
        still = "async: done" not in server.log
        server.thaw()
        server.wait_for("async: next")
        server.wait_for("limited: over")
    return saw(
        {
            "nothing happens": still,
            "then it goes on": "async: done" in server.log,
            "its time-out is over": "limited: too late" in server.log,
        }
    )


@fact(
    "P4",
    "Every worker has a lifespan of its own, so what it schedules comes once for each; a key of a table lets "
    "one of them do it.",
    known=_POSIX,
)
def once_per_worker() -> Seen:
    """The nightly report of lesson 09, with two workers."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        database = Path(folder) / "night.sqlite"
        rows = sqlite3.connect(database, isolation_level=None)
        rows.execute("CREATE TABLE reports (made TEXT)")
        rows.execute("CREATE TABLE nights (night TEXT PRIMARY KEY)")
        app = "course.lessons.beyond_one_process.nightly:app"
        with launch(app, "--workers", "2", env={"DATABASE": database}) as server:
            server.wait_for("Application startup complete", times=2)
        counts = [count for (count,) in rows.execute("SELECT count(*) FROM reports GROUP BY made ORDER BY 1")]
        rows.close()
    return Seen(counts == [1, 2], f"made {' and '.join(map(str, counts))} times")


@fact(
    "P5",
    "uvicorn closes an idle connection after --timeout-keep-alive seconds, 5 if nobody sets it; a request "
    "that comes then has no answer.",
)
def idle_connections() -> Seen:
    """A connection that was used once, and again when it was closed."""
    app = FastAPI()
    with serve_plain(uvicorn.Config(app, timeout_keep_alive=1, log_config=None)) as client:
        connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port or 80, timeout=20)
        connection.request("GET", "/openapi.json")
        connection.getresponse().read()
        select.select([connection.sock], [], [], 20)
        try:
            connection.request("POST", "/")
            answer = str(connection.getresponse().status)
        except ConnectionError:
            answer = "none"
    default = uvicorn.Config(app).timeout_keep_alive
    return Seen((answer, default) == ("none", 5), f"answer: {answer}; closed after {default} s by default")


@fact(
    "P8",
    "A server that has reached --limit-max-requests waits for its tasks, and ends.",
)
def recycled() -> Seen:
    """A limit of one request that leaves a held task."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _server("--limit-max-requests", "1", folder=folder) as server,
    ):
        _ask(server, "/async")
        server.wait_for("Waiting for background tasks to complete")
        FileGate(Path(folder) / "gate").open()
        server.wait()
        log = server.log
    return saw({"the task and the next": "async: next" in log, "the lifespan": "lifespan: over" in log})


@fact(
    "P10",
    "gunicorn kills a worker that has reached --max-requests and waits for its tasks longer than --timeout.",
    known=[*_POSIX, "gunicorn>=23", "uvicorn-worker>=0.3"],
    needs=["gunicorn", "uvicorn-worker"],
)
def recycled_by_gunicorn() -> Seen:
    """A limit of one request that leaves a held task, and a time-out of two seconds."""
    port = _free_port()
    options = ["-k", "uvicorn_worker.UvicornWorker", "--max-requests", "1", "--timeout", "2"]
    with (
        tempfile.TemporaryDirectory() as folder,
        Process("gunicorn", *options, "-b", f"127.0.0.1:{port}", _APP, env={"FOLDER": folder}) as server,
    ):
        _post_when_it_listens(f"http://127.0.0.1:{port}/async")
        server.wait_for("WORKER TIMEOUT", timeout=40)
        server.wait_for("lifespan: begins", times=2, timeout=40)
        killed = not any(line in server.log for line in ("async: done", "async: cancelled"))
    return saw({"the task is neither done nor cancelled": killed})


@fact(
    "P9",
    "Mangum runs background tasks before it returns the response to AWS Lambda: the client waits for them.",
    known=["mangum>=0.19"],
    needs=["mangum"],
)
def adapter_for_lambda() -> Seen:
    """A call of the handler, and a task."""
    app = FastAPI()
    log: list[str] = []

    @app.get("/")
    async def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(log.append, "task")

    http_of = {"method": "GET", "path": "/", "sourceIp": "127.0.0.1"}
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"host": "example.org"},
        "requestContext": {"http": http_of, "domainName": "example.org"},
        "isBase64Encoded": False,
    }
    importlib.import_module("mangum").Mangum(app, lifespan="off")(event, {})
    log.append("returned")
    return in_order(log, "task", "returned")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _post_when_it_listens(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            httpx.post(url, trust_env=False).raise_for_status()
            return
        except httpx.ConnectError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
