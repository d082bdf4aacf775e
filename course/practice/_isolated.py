"""The kernel's side of the process in which checks run: see ``_worker.py``."""

import atexit
import contextlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Literal

from course.practice import _worker
from course.practice._clock import Clock
from course.practice._worker import Job, Report

METHOD: Literal["fork", "spawn"] = "fork" if sys.platform == "linux" else "spawn"
"""How a keeper starts runners. A fork is quicker, but only Linux's own libraries survive it."""

_END_SECONDS = 5


class _Keeper:
    """One keeper process, the socket to it, and the folder of its checks."""

    def __init__(self) -> None:
        self.method = METHOD
        self.folder = tempfile.mkdtemp(prefix="course-check-")
        try:
            self.process, self.sock = _worker.start_with_socket("keep", [METHOD, self.folder], self.folder)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    @property
    def usable(self) -> bool:
        """Whether it is of the wanted kind, and alive."""
        return self.method == METHOD and self.process.poll() is None

    def run(self, job: Job) -> Report | None:
        """What came of ``job``; ``None`` when the keeper has ended before it began."""
        try:
            _worker.send(self.sock, pickle.dumps(job))
        except OSError:
            return None
        if _worker.receive(self.sock) is None:
            return None
        answer: bytes | None = _worker.GOES_ON
        while answer == _worker.GOES_ON:
            answer = _worker.receive(self.sock, each=self._look(job))
        if answer is not None:
            return pickle.loads(answer)  # type: ignore[no-any-return]
        self.close()
        return Report("died", status=self.process.returncode)

    def _look(self, job: Job) -> Callable[[], None]:
        """Kills a keeper that does not end a part of a job, such as one that the program has stopped."""
        clock = Clock([self.process])

        def look() -> None:
            if clock.seconds() > job.deadline + _worker.HARD_SECONDS + _END_SECONDS:
                self.process.kill()

        return look

    def close(self) -> None:
        """Let it end, and with it whatever it runs."""
        self.sock.close()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.returncode:  # it could not end what it had started
            _worker.kill_all(lambda: _worker.marked(self.folder))
        shutil.rmtree(self.folder, ignore_errors=True)


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
        for _ in range(2):  # a keeper without jobs ends by itself
            try:
                report = _usable().run(job)
            except OSError:  # no process can be started
                report = None
            except BaseException:
                close()
                raise
            if report is not None:
                return report
            close()
    return Report("not started")


def _usable() -> _Keeper:
    global _keeper
    if _keeper is None or not _keeper.usable:
        close()
        _keeper = _Keeper()
    return _keeper


def close() -> None:
    """End the keeper, if there is one."""
    global _keeper
    keeper, _keeper = _keeper, None
    if keeper is not None:
        keeper.close()


def _in_a_fork() -> None:
    """A fork has no keeper, and nobody in it holds the lock; the socket must end with the kernel."""
    global _lock, _keeper
    keeper, _keeper, _lock = _keeper, None, threading.Lock()
    if keeper is not None:
        keeper.sock.close()
        keeper.process.returncode = 0  # it is not a child of this process


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_a_fork)
