"""The life of a server's process: its end, its workers, its limits, and what survives it."""

from __future__ import annotations

import contextlib
import socket
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
from course.facts._experiments import saw, serve_plain
from course.facts._outbox import Outbox
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
        _ask(server, "/async")
        server.interrupt()
        server.wait_for("Waiting for background tasks to complete")
        server.interrupt()
        server.wait()
        return server.log


@fact(
    "F59",
    "At SIGTERM uvicorn waits for running tasks and those behind them, without a limit unless it has one, "
    "and forgets what create_task started; a second Ctrl+C cancels, and skips the lifespan's end.",
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
    "At SIGTERM hypercorn waits for running tasks, as uvicorn does; granian exits, and they are lost.",
    known=[*_POSIX, "hypercorn>=0.18", "granian>=2.8"],
    needs=["hypercorn", "granian"],
)
def other_servers() -> Seen:
    """A held task, SIGTERM, and whether the task was still there when the gate was opened."""
    waits = _survives(0.5, "hypercorn", "--graceful-timeout", "30", "--bind", "127.0.0.1:{port}", _APP)
    exits = not _survives(20, "granian", "--interface", "asgi", "--port", "{port}", _APP)
    return saw({"hypercorn waits": waits, "granian exits, and the task is lost": exits})


def _survives(patience: float, module: str, *arguments: str) -> bool:
    """Whether a task survives SIGTERM that is held until the server is gone, or for so many seconds."""
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
        return "async: done" in server.log


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
