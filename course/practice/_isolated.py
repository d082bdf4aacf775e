"""The kernel's side of the process in which checks run: see ``_worker.py``."""

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import threading
from typing import Any, Literal

from course.practice import _worker
from course.practice._worker import Job, Report

METHOD: Literal["fork", "spawn"] = "fork" if sys.platform == "linux" else "spawn"
"""How a keeper starts runners. A fork is quicker; only on Linux do the system's own libraries stand it."""

_END_SECONDS = 5


class _Keeper:
    """One keeper process and the socket to it."""

    def __init__(self) -> None:
        self.method = METHOD
        self.owner = os.getpid()
        self.process, self._sock = _worker.start_with_socket("keep", [METHOD])

    @property
    def usable(self) -> bool:
        """Whether it is this process's own, of the wanted kind, and alive."""
        return self.owner == os.getpid() and self.method == METHOD and self.process.poll() is None

    def run(self, job: Job) -> Report | None:
        """What came of ``job``; ``None`` when the keeper itself has ended."""
        try:
            _worker.send(self._sock, pickle.dumps(job))
            answer = _worker.receive(self._sock)
        except ConnectionError:
            return None
        return None if answer is None else pickle.loads(answer)

    def close(self) -> None:
        """Let it end, and with it whatever it runs."""
        self._sock.close()
        if self.owner == os.getpid():
            try:
                self.process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


_lock = threading.Lock()
_keeper: _Keeper | None = None


def get_ready() -> None:
    """Start the keeper, so that the first check finds it with everything imported. Returns at once."""
    with contextlib.suppress(OSError), _lock:
        _usable()


def run(job: Job) -> Report:
    """Run ``job`` in a process of its own and say what came of it.

    Raises:
        KeyboardInterrupt: the caller was interrupted. Everything is stopped by then.
    """
    with _lock:
        for _ in range(2):  # a keeper may just have ended, having had nothing to do
            keeper = _usable()
            try:
                report = keeper.run(job)
            except BaseException:
                close()
                raise
            if report is not None:
                return report
            close()
    return Report("died")


def _usable() -> _Keeper:
    global _keeper
    if _keeper is None or not _keeper.usable:
        close()
        _keeper = _Keeper()
    return _keeper


def close() -> None:
    """End the keeper, if there is one."""
    global _keeper
    if _keeper is not None:
        _keeper.close()
        _keeper = None


atexit.register(close)


def in_a_kernel() -> bool:
    """Whether this is the kernel of a notebook."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
