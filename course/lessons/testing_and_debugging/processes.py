"""uvicorn as a process of its own, started as in a terminal and always ended."""

import contextlib
import inspect
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from types import ModuleType, TracebackType
from typing import IO, Self

import httpx

_RUNNING = re.compile(r"Uvicorn running on (http://[\d.]+:\d+)")
_VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1"),
    (re.compile(r"\[\d+\]"), "[…]"),
    (re.compile(r"^(\w+):\s+"), r"\1: "),
)


class UvicornProcess:
    """``uvicorn app:app``, in a folder with a copy of one module as ``app.py``.

    Usable as a context manager; forgetting it, or the end of the kernel, ends it too.

    Args:
        module: what to serve: a module with an ``app``.
        options: more options for the command line, such as ``--reload``.
        edit: a text in the copy, and what to put in its place.
    """

    def __init__(self, module: ModuleType, *options: str, edit: tuple[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.path = Path(self._folder.name, "app.py")
        source = inspect.getsource(module)
        self.path.write_text(source.replace(*edit) if edit else source, "utf-8")
        self._lines: list[str] = []
        self._new_line = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", "0", *options],
            cwd=self._folder.name,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=sys.platform != "win32",  # so that a reloader's child ends with it
        )
        assert self._process.stdout is not None
        reader = threading.Thread(
            target=_read, args=(self._process.stdout, self._lines, self._new_line), daemon=True
        )
        self._end = weakref.finalize(self, _end, self._process, reader, self._folder)
        reader.start()
        try:
            self.wait_for("Uvicorn running")  # a reloader says it before its child has started
            self.wait_for("Application startup complete")
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """Where it listens."""
        found = next(filter(None, map(_RUNNING.search, self._lines)))
        return found[1]

    @property
    def lines(self) -> list[str]:
        """What is on its terminal since it listens, without the numbers of ports and processes."""
        with self._new_line:
            lines = list(self._lines)
        started = max(
            i for i, line in enumerate(lines) if _RUNNING.search(line) or "startup complete" in line
        )
        return [_steady(line) for line in lines[started + 1 :]]

    def request(self, method: str, path: str, timeout: float = 5) -> httpx.Response | None:
        """The response, over a new connection; ``None`` when there is none within ``timeout`` seconds."""
        with contextlib.suppress(httpx.TransportError):
            return httpx.request(method, self.url + path, timeout=timeout, trust_env=False)
        return None

    def wait_for(self, text: str, timeout: float = 20) -> None:
        """Wait until a line of its terminal contains ``text``.

        Raises:
            TimeoutError: there was none within ``timeout`` seconds.
        """
        with self._new_line:
            if not self._new_line.wait_for(lambda: any(text in line for line in self._lines), timeout):
                raise TimeoutError(f"uvicorn did not say {text!r} within {timeout:g} s, but: {self._lines}")

    def edit(self, old: str, new: str) -> None:
        """Replace ``old`` by ``new`` in its ``app.py``, as your editor would."""
        self.path.write_text(self.path.read_text("utf-8").replace(old, new), "utf-8")

    def touch(self, name: str) -> None:
        """Make an empty file in its folder."""
        self.path.with_name(name).touch()

    def stop(self) -> None:
        """End it. Calling it again does nothing."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    # An edit in the same second that keeps the length would be taken for what is compiled already.
    kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"}


def _steady(line: str) -> str:
    for pattern, replacement in _VOLATILE:
        line = pattern.sub(replacement, line)
    return line


def _read(stream: IO[str], lines: list[str], new_line: threading.Condition) -> None:
    with stream:
        for line in stream:
            with new_line:
                lines.append(line.rstrip("\n"))
                new_line.notify_all()


def _end(
    process: subprocess.Popen[str], reader: threading.Thread, folder: tempfile.TemporaryDirectory[str]
) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if reader.is_alive():
        reader.join(timeout=5)
    folder.cleanup()
