"""Processes that do nothing but keep the processors busy."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

# Ends with the process that started it, in whatever way: then the pipe is closed.
_BURN = """
import os, sys, threading
def wait():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=wait, daemon=True).start()
while True:
    sum(range(10_000))
"""


class Busy:
    """Keeps ``processes`` processes busy from :meth:`start` to :meth:`stop`; also a context manager."""

    def __init__(self, processes: int = 2) -> None:
        self.processes = processes
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the processes; calling it again does nothing."""
        while len(self._running) < self.processes:
            command = [sys.executable, "-S", "-E", "-c", _BURN]
            self._running.append(subprocess.Popen(command, stdin=subprocess.PIPE))

    def stop(self) -> None:
        """End the processes and wait until they are gone."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait()
            if process.stdin:
                process.stdin.close()
        self._running.clear()

    def __enter__(self) -> Busy:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
