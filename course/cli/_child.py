"""Runs other programs: in the foreground as if they were this one, or quietly into a log."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, Callable, Iterator, Mapping, Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.variables import changing, drop_changing
from course.words import padded, say

_DROPPED = (
    "PYTHONHOME",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",
    "PYTHONDONTWRITEBYTECODE",  # dozens of processes would compile each package anew: twice the time for all
)
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def environment(venv: Path, scripts: Path, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for a program of that environment: its programs first on the path, no other packages, and
    none that changes what Python programs mean.
    """
    variables = dict(os.environ if environ is None else environ)
    for name in _DROPPED:
        variables.pop(name, None)
    drop_changing(variables)
    variables["VIRTUAL_ENV"] = str(venv)
    variables["PATH"] = os.pathsep.join(filter(None, [str(scripts), variables.get("PATH")]))
    variables["PYTHONUTF8"] = "1"
    return variables


def is_plain() -> bool:
    """Whether this Python was started without a variable or option that changes what programs mean."""
    flags = sys.flags
    return not (changing(os.environ) or flags.optimize or flags.dev_mode or sys.warnoptions)


def run(command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run a program in this one's place and return its exit status (128 + n if signal n ended it)."""
    started: list[subprocess.Popen[Any]] = []
    with _signals_go_to(started):
        process = subprocess.Popen([str(part) for part in command], env=env, cwd=cwd)
        started.append(process)
        status = process.wait()
    return 128 - status if status < 0 else status


@contextlib.contextmanager
def _signals_go_to(started: list[subprocess.Popen[Any]]) -> Iterator[None]:
    """Pass Ctrl-C and requests to end on to the program in front, and end after it."""

    def forward(number: int, _: object) -> None:
        if number == signal.SIGINT and _terminal_interrupts_both():
            return
        for process in started:
            with contextlib.suppress(OSError, ValueError):
                process.send_signal(number if os.name != "nt" else signal.SIGTERM)

    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    before = {number: signal.signal(number, forward) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal_interrupts_both() -> bool:
    """Whether Ctrl-C comes from a terminal, which sends it to the program in front as well."""
    if os.name == "nt":
        return True
    try:
        return os.tcgetpgrp(sys.__stdin__.fileno()) == os.getpgrp()  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return False


def run_quietly(
    command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path | None = None
) -> tuple[int, str]:
    """Run a program, keep its output, and on a terminal show its current line, which is erased at the end.

    Returns:
        Its exit status (127 if it could not be started) and its output.
    """
    said: list[str] = []
    with _opened(log) as kept:
        kept.write("$ " + " ".join(str(part) for part in command) + "\n")
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            return 127, str(error)
        assert process.stdout is not None
        try:
            with process.stdout, _status_line() as show:
                for line in process.stdout:
                    said.append(line)
                    kept.write(line)
                    show(line.strip())
            return process.wait(), "".join(said)
        except BaseException:
            _end(process)
            raise


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def _opened(log: Path | None) -> Iterator[IO[str]]:
    with open(log or os.devnull, "a", encoding="utf-8") as stream:  # noqa: PTH123  (os.devnull is no Path)
        yield stream


@contextlib.contextmanager
def _status_line() -> Iterator[Callable[[str], None]]:
    """On a terminal, a function that shows a line and the seconds passed in place of the last one."""
    out = sys.stderr
    if not (out and out.isatty()):
        yield lambda _: None
        return
    width = max(shutil.get_terminal_size().columns - 4, 10)
    started, last, ended = time.monotonic(), [""], threading.Event()

    def show(line: str) -> None:
        last[0] = line
        text = say("{seconds:.0f} s  {line}", seconds=time.monotonic() - started, line=line)
        out.write("\r  " + padded(text[:width], width))
        out.flush()

    def tick() -> None:
        while not ended.wait(1):
            show(last[0])

    ticking = threading.Thread(target=tick, daemon=True)
    ticking.start()
    try:
        yield show
    finally:
        ended.set()
        ticking.join()
        out.write("\r" + " " * (width + 2) + "\r")
        out.flush()
