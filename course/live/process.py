"""Separate processes: servers and workers that a lesson may interrupt and kill, and a second kernel."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from course import kernel
from course.live._client import no_tls
from course.live.errors import ProcessTimeout
from course.live.threads import wait
from course.paths import ROOT
from course.timeline import Life
from course.words import say

_LIFELINE = Path(__file__).with_name("_lifeline.py")
_URL = re.compile(r"Uvicorn running on (http://\S+)")
_START = 30.0  # seconds that a server may take to listen
_CHANGES = [  # what differs from run to run in a line of uvicorn's
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r" \[\d+\]"), ""),
    (re.compile(r"(127\.0\.0\.1):\d+"), r"\1"),
]


def launch(
    app: str, *options: str, folder: str | Path | None = None, env: Mapping[str, object] | None = None
) -> ServerProcess:
    """Start ``python -m uvicorn <app> <options>`` as a process of its own; return when it listens.

    Use it in a ``with`` block, or keep the name: it ends with the notebook at the latest, also when a cell is
    interrupted or the kernel dies.

    Args:
        app: "module:attribute", as uvicorn takes it.
        options: more of uvicorn's, such as "--workers", "2".
        folder: the process's current folder, from which it can import.
        env: more environment variables; values become text.

    Raises:
        ProcessTimeout: it did not start to listen; the message has its output.
    """
    return ServerProcess("uvicorn", app, "--port", "0", *options, folder=folder, env=env)


class Process:
    """``python -m <module> <arguments>``, running.

    Its standard output and error are kept, line by line, in `log`. It leads a process group of its own: a
    signal for the notebook, such as an interrupt, does not reach it.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        folder: str | Path | None = None,
        env: Mapping[str, object] | None = None,
    ) -> None:
        self._lines = _Lines()
        self._started = time.perf_counter()
        self._killed: float | None = None
        group = {"process_group": 0} if os.name == "posix" else {"creationflags": 0x200}
        self._process = subprocess.Popen(
            [sys.executable, "-u", str(_LIFELINE), module, *arguments],
            cwd=folder,
            env=_environment(env or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            **group,  # type: ignore[call-overload]
        )
        arguments_of_reader = (self._process, self._lines)
        self._reader = threading.Thread(target=_read, args=arguments_of_reader, name=module, daemon=True)
        self._reader.start()
        self._end = weakref.finalize(self, _end, self._process)
        self._end.atexit = False  # _end_all is earlier: threads can still be joined then
        _running.add(self)

    @property
    def pid(self) -> int:
        """The process id."""
        return int(self._process.pid)

    @property
    def running(self) -> bool:
        """Whether it is still running."""
        return self._process.poll() is None

    @property
    def log(self) -> list[str]:
        """The lines it has printed so far, without colours, process ids and ports."""
        return self._lines.all()

    @property
    def life(self) -> Life:
        """Its lines with the moments when they came, and whether it was killed; `Lives` draws that."""
        return Life(self._started, self._lines.timed(), self._killed)

    def wait_for(self, text: str, times: int = 1, timeout: float = 20) -> None:
        """Block until `times` lines of the log contain `text`.

        Raises:
            ProcessTimeout: they did not within `timeout` seconds, or the process has ended.
        """

        def there() -> bool:
            return sum(text in line for line in self._lines.all()) >= times

        def look(seconds: float) -> bool:
            return there() or self._lines.closed or self._lines.wait(seconds) or there()

        def said(seconds: float) -> bool:
            return look(seconds) and (there() or self._lines.closed)

        wait(said, timeout)
        if not there():
            if self._lines.closed:
                raise ProcessTimeout(
                    say(
                        "The process has ended before it said {wanted!r}. It said:\n{log}",
                        wanted=text,
                        log=self._said(),
                    )
                )
            raise self._silent(text, timeout)

    def terminate(self) -> None:
        """Ask it to end, as an orchestrator does: SIGTERM (on Windows, Ctrl+Break)."""
        self._send(signal.SIGTERM if os.name == "posix" else signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined,unused-ignore]

    def interrupt(self) -> None:
        """Press Ctrl+C: SIGINT (on Windows, Ctrl+Break)."""
        self._send(signal.SIGINT if os.name == "posix" else signal.CTRL_BREAK_EVENT)  # type: ignore[attr-defined,unused-ignore]

    def freeze(self) -> None:
        """Take the processor away from it and from every process that it started: SIGSTOP, until `thaw`."""
        for process in self._family():
            process.suspend()

    def thaw(self) -> None:
        """Let it go on where it was frozen."""
        for process in self._family():
            process.resume()

    def _family(self) -> list[psutil.Process]:
        leader = psutil.Process(self.pid)
        return [leader, *leader.children(recursive=True)]

    def _send(self, sign: int) -> None:
        if self.running:
            self._process.send_signal(sign)

    def kill(self) -> None:
        """``kill -9`` it and every process that it started, and wait until it is gone."""
        if self.running:
            self._killed = time.perf_counter()
        if self._end.detach():  # not self._end(): it does nothing any more when Python is about to exit
            _end(self._process)
        self._reader.join(5)

    def wait(self, timeout: float = 20) -> None:
        """Block until it has ended by itself, and its log is complete.

        Raises:
            ProcessTimeout: it had not within `timeout` seconds.
        """

        def ended(seconds: float) -> bool:
            self._reader.join(seconds)
            return not self._reader.is_alive() and not self.running

        if not wait(ended, timeout):
            raise ProcessTimeout(
                say(
                    "After {seconds:g} s the process was still running. It said:\n{log}",
                    seconds=timeout,
                    log=self._said(),
                )
            )
        self._end()  # later its number may belong to another process

    def _silent(self, wanted: object, seconds: float) -> ProcessTimeout:
        said = say(
            "After {seconds:g} s the process had not said {wanted!r}. It said:\n{log}",
            seconds=seconds,
            wanted=wanted,
            log=self._said(),
        )
        return ProcessTimeout(said)

    def _said(self) -> str:
        return "\n".join(self.log) or say("(nothing)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.kill()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'running' if self.running else 'ended'})"


class ServerProcess(Process):
    """uvicorn in a process of its own. Made by `launch`.

    `url` is where it listens; `client` is an httpx.Client for it.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        folder: str | Path | None = None,
        env: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(module, *arguments, folder=folder, env=env)
        self._clients: list[httpx.Client] = []
        try:
            self.wait_for("Uvicorn running on", timeout=_START)
            self.url = self._lines.find(_URL)
            if "Started server process" not in self._lines.until(_URL):
                self._wait_until_it_listens()
        except BaseException:
            self.kill()
            raise
        self.client = self.new_client()
        weakref.finalize(self, _close_all, self._clients).atexit = False

    def _wait_until_it_listens(self) -> None:
        """A supervisor says that uvicorn runs before its first worker listens."""
        url = httpx.URL(self.url)

        def listens(seconds: float) -> bool:
            try:
                socket.create_connection((url.host, url.port or 80), timeout=_START).close()
            except ConnectionRefusedError:
                time.sleep(seconds)
                return self._lines.closed
            return True

        if not wait(listens, _START) or self._lines.closed:
            raise self._silent(url, _START)

    def new_client(self) -> httpx.Client:
        """Another client, on connections of its own."""
        client = httpx.Client(base_url=self.url, timeout=20, trust_env=False, verify=no_tls())
        self._clients.append(client)
        return client

    def kill(self) -> None:
        """``kill -9`` the server and its workers, close the clients, and wait until all is gone."""
        super().kill()
        _close_all(self._clients)


def _close_all(clients: list[httpx.Client]) -> None:
    for client in clients:
        client.close()


class _Lines:
    """What a process has said, and a way to wait for more."""

    def __init__(self) -> None:
        self._raw: list[str] = []
        self._came: list[float] = []
        self._more = threading.Condition()
        self.closed = False

    def add(self, line: str) -> None:
        with self._more:
            self._came.append(time.perf_counter())
            self._raw.append(line.rstrip("\n"))
            self._more.notify_all()

    def close(self) -> None:
        with self._more:
            self.closed = True
            self._more.notify_all()

    def wait(self, seconds: float) -> bool:
        with self._more:
            return self._more.wait(seconds)

    def all(self) -> list[str]:
        return [line for line in map(_stable, list(self._raw)) if line]

    def timed(self) -> tuple[tuple[float, str], ...]:
        return tuple(zip(self._came, list(self._raw), strict=False))

    def find(self, pattern: re.Pattern[str]) -> str:
        return next(found[1] for line in self._raw if (found := pattern.search(line)))

    def until(self, pattern: re.Pattern[str]) -> str:
        lines = list(self._raw)
        return "\n".join(lines[: next(n for n, line in enumerate(lines) if pattern.search(line))])


def _stable(line: str) -> str:
    for pattern, replacement in _CHANGES:
        line = pattern.sub(replacement, line)
    return re.sub(r"^(INFO|WARNING|ERROR): +", r"\1: ", line).rstrip()


def _read(process: subprocess.Popen[str], lines: _Lines) -> None:
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.add(line)
    lines.close()


def _environment(more: Mapping[str, object]) -> dict[str, str]:
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    # Python would run the compiled file when the source is saved in the same second with the same length.
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    env.pop("PYTHONWARNINGS", None)  # the deprecations of libraries do not belong to a server's output
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH")]))
    return env | {key: str(value) for key, value in more.items()}


_running: weakref.WeakSet[Process] = weakref.WeakSet()


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None or os.name == "posix":
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)  # also workers that have outlived their supervisor
            else:
                subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


@atexit.register
def _end_all() -> None:
    for process in list(_running):
        process.kill()


# a second kernel


class Output:
    """What a piece of code printed, and the error it ended with, if any. Shown as text in a notebook."""

    def __init__(self, stdout: str, stderr: str, error: str | None) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.error = error

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.stdout.rstrip("\n"), self.error) if part)


class OtherKernel:
    """A kernel of its own, as fresh as a notebook that was just opened, with a running event loop.

    Usable as a context manager; `stop()` ends it, and so does the end of the last reference to it.
    """

    def __init__(self) -> None:
        manager, self._client = kernel.started(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._end = weakref.finalize(self, kernel.end, manager, self._client)

    def run(self, code: str, timeout: float = 30.0) -> Output:
        """Run `code` as a cell of that kernel and return what came out.

        Raises TimeoutError when it is not done after `timeout` seconds; the kernel is ended then.
        """
        streams = {"stdout": "", "stderr": ""}
        errors: list[str] = []

        def collect(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                streams[content["name"]] += content["text"]
            elif message["msg_type"] == "error":
                errors.append(f"{content['ename']}: {content['evalue']}")

        try:
            self._client.execute_interactive(code, output_hook=collect, timeout=timeout, store_history=False)
        except TimeoutError:
            self.stop()
            raise
        return Output(streams["stdout"], streams["stderr"], errors[-1] if errors else None)

    def stop(self) -> None:
        """End the kernel. Calling it again does nothing."""
        self._end()

    def __enter__(self) -> OtherKernel:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
