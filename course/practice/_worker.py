"""The processes in which checks run: a keeper that stays, and a runner for each check that does not.

The notebook's kernel starts one keeper (``_isolated.py``) and sends it jobs through a socket. The keeper runs
no program of a learner, so it can always answer: it starts a runner for the job, waits for what comes of it,
ends it and everything that it has started, and reports. On Linux a runner is a fork of the keeper, which has
everything imported; elsewhere it is a new interpreter, of which the next one is started beforehand. The
keeper ends when the kernel does, in whatever way, and after a while in which nothing was to be done.
"""

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import json
import os
import pickle
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

import psutil

from course.practice._clock import Clock

IDLE_SECONDS = 600
"""The keeper ends after so long without a job."""

HARD_SECONDS = 1.5
"""A runner that has not reported so long after its deadline holds the interpreter and is killed."""

MEMORY_BYTES = 1_500_000_000
"""What a program and the processes that it starts may use together."""

PROCESSES = 64
"""How many processes a program may have at once."""

_FILE_BYTES = 512_000_000
_LOOK_SECONDS = 0.1
_HEAD = struct.Struct("!Q")
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36

Ending = Literal["finished", "died", "endless", "memory", "processes"]


@dataclass(frozen=True)
class Job:
    """One check to run. Everything in it is plain data, which the keeper can read without the learner's."""

    parcel: bytes
    module: str
    """Where the check function is defined; imported by the keeper, which later jobs find it in."""
    deadline: float
    sys_path: list[str]
    lessons: list[str]
    """The search path of ``course.lessons``."""


@dataclass(frozen=True)
class Report:
    """How a runner ended. ``outcome`` is what it had to say when it ``finished``."""

    ending: Ending
    outcome: bytes = b""
    status: int = 0
    """The exit status of a runner that died; of one that a signal ended, minus its number."""
    stuck: list[tuple[str, int, str]] = field(default_factory=list)
    """File, line and function of what one that held the interpreter was executing, from the inside out."""


def send(sock: socket.socket, message: bytes) -> None:
    """Send one message with its length before it."""
    sock.sendall(_HEAD.pack(len(message)) + message)


def receive(sock: socket.socket, *, each: Callable[[], None] = lambda: None) -> bytes | None:
    """One message, or ``None`` when the other side has closed. ``each`` is called while nothing comes."""
    head = _receive(sock, _HEAD.size, each)
    return None if head is None else _receive(sock, _HEAD.unpack(head)[0], each)


def _receive(sock: socket.socket, size: int, each: Callable[[], None]) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        while not select.select([sock], [], [], _LOOK_SECONDS)[0]:
            each()
        try:
            part = sock.recv(min(size - len(parts), 1 << 20))
        except ConnectionError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)


def start_with_socket(
    function: str, arguments: Iterable[str]
) -> tuple["subprocess.Popen[bytes]", socket.socket]:
    """Start an interpreter that calls ``function`` of this module with a socket to this process."""
    here, there = socket.socketpair()
    boot = (
        "import sys, json; sys.path[:] = json.loads(sys.argv[1]);"
        f"from course.practice import _worker; _worker.{function}(*sys.argv[2:])"
    )
    path = [str(Path(each or ".").absolute()) for each in sys.path]
    command = [sys.executable, "-c", boot, json.dumps(path), *arguments]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with there:
        if os.name == "nt":
            process = subprocess.Popen(command, stdin=subprocess.PIPE, **quiet)
            assert process.stdin is not None
            with process.stdin as pipe:
                pipe.write(there.share(process.pid))  # type: ignore[attr-defined,unused-ignore]
        else:
            descriptor = there.fileno()
            process = subprocess.Popen(
                [*command, str(descriptor)],
                stdin=subprocess.DEVNULL,
                pass_fds=[descriptor],
                start_new_session=True,
                **quiet,
            )
    return process, here


def _own_socket(descriptor: str | None) -> socket.socket:
    """This process's end of the socket that :func:`start_with_socket` made."""
    if descriptor is None:
        return socket.fromshare(sys.stdin.buffer.read())  # type: ignore[attr-defined,no-any-return,unused-ignore]
    return socket.socket(fileno=int(descriptor))


# The keeper.


def keep(method: str, descriptor: str | None = None) -> None:
    """Serve the kernel at the other end of the socket until it is gone or asks for nothing any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupted cell is the kernel's affair
    kernel = _own_socket(descriptor)
    _linux_prctl(_PR_SET_CHILD_SUBREAPER, 1)
    starter: _Forks | _Spawns = _Forks(kernel) if method == "fork" else _Spawns()
    try:
        while (job := _next_job(kernel)) is not None:
            report = _Supervision(starter, kernel, job).report()
            if report is None:
                return
            send(kernel, pickle.dumps(report))
            starter.prepare()
    except ConnectionError:  # the kernel has died meanwhile
        pass
    finally:
        starter.close()


def _next_job(kernel: socket.socket) -> Job | None:
    end, parent = time.monotonic() + IDLE_SECONDS, os.getppid()

    def still_needed() -> None:
        if time.monotonic() > end or os.getppid() != parent:
            raise ConnectionError

    message = receive(kernel, each=still_needed)
    return None if message is None else pickle.loads(message)


class _Supervision:
    """One job: start a runner, wait for what comes of it, end it with everything that it has started."""

    def __init__(self, starter: "_Forks | _Spawns", kernel: socket.socket, job: Job) -> None:
        self._folder = tempfile.mkdtemp(prefix="course-check-")
        self._stuck = Path(self._folder, "stuck")
        self._kernel = kernel
        self._job = job
        self._pid, self._runner = starter.start(job, self._folder)
        self._process = psutil.Process(self._pid)
        self._clock = Clock([self._process])

    def report(self) -> Report | None:
        """How it ended; ``None`` when the kernel is gone, or does not want to know any more."""
        try:
            try:
                outcome = receive(self._runner, each=self._look)
            except _Over as over:
                return Report(over.ending, stuck=_stuck(self._stuck)) if over.ending else None
            if outcome is not None:
                return Report("finished", outcome)
            return Report("died", status=self._status())
        finally:
            self._runner.close()
            end_tree(self._process)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _look(self) -> None:
        if select.select([self._kernel], [], [], 0)[0]:  # between two jobs it has nothing to say but good-bye
            raise _Over(None)
        if self._clock.seconds() > self._job.deadline + HARD_SECONDS:
            raise _Over("endless")
        tree = _tree(self._process)
        if len(tree) > PROCESSES:
            raise _Over("processes")
        if sum(map(_memory, tree)) > MEMORY_BYTES:
            raise _Over("memory")

    def _status(self) -> int:
        with contextlib.suppress(psutil.Error):
            return self._process.wait(2) or 0
        return 0


class _Over(Exception):
    def __init__(self, ending: Ending | None) -> None:
        super().__init__(ending)
        self.ending = ending


def _tree(process: psutil.Process) -> list[psutil.Process]:
    """The process and all that it has started; those whose parents have died are this process's by now."""
    with contextlib.suppress(psutil.Error):
        return [process, *process.children(recursive=True)]
    return []


def _memory(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def end_tree(process: psutil.Process, seconds: float = 5) -> None:
    """Kill the process and everything that it has started, again and again until nothing is left."""
    known = {process.pid: process}
    end = time.monotonic() + seconds
    while known and time.monotonic() < end:
        orphans = psutil.Process().children(recursive=True) if _reaps_orphans() else []
        for each in [child for root in list(known.values()) for child in _tree(root)] + orphans:
            known.setdefault(each.pid, each)
        for each in known.values():
            with contextlib.suppress(psutil.Error):
                each.kill()
        gone, _ = psutil.wait_procs(list(known.values()), timeout=0.2)
        for each in gone:
            known.pop(each.pid, None)
        if _reaps_orphans():
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass


def _reaps_orphans() -> bool:
    return sys.platform == "linux"


def _linux_prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


_STUCK = re.compile(r'  File "(.*)", line (\d+) in (.*)')


def _stuck(path: Path) -> list[tuple[str, int, str]]:
    """What :mod:`faulthandler` wrote of the threads of a runner that did not report itself."""
    with contextlib.suppress(OSError):
        lines = path.read_text("utf-8", "replace").splitlines()
        return [(m[1], int(m[2]), m[3]) for line in lines if (m := _STUCK.fullmatch(line))]
    return []


class _Forks:
    """Runners that are forks of this process."""

    def __init__(self, kernel: socket.socket) -> None:
        self._kernel = kernel
        _import_everything()
        gc.collect()
        gc.freeze()

    def start(self, job: Job, folder: str) -> tuple[int, socket.socket]:
        """Start a runner for ``job``; its process id, and the socket through which it reports."""
        _find_lessons(job)
        with contextlib.suppress(Exception):  # the runner meets the same, and can say it
            importlib.import_module(job.module)
        here, there = socket.socketpair()
        pid = os.fork()
        if pid:
            there.close()
            return pid, here
        try:
            _linux_prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            os.setsid()
            here.close()
            self._kernel.close()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _perform(there, job, folder)
        finally:
            os._exit(1)

    def prepare(self) -> None:
        """Nothing is to be prepared."""

    def close(self) -> None:
        """Nothing is left."""


class _Spawns:
    """Runners that are interpreters of their own; one waits beforehand."""

    def __init__(self) -> None:
        self.prepare()

    def prepare(self) -> None:
        """Start the next runner, which imports everything and waits."""
        self._next = start_with_socket("run_one", [])

    def start(self, job: Job, folder: str) -> tuple[int, socket.socket]:
        """Give ``job`` to the runner that waits."""
        process, sock = self._next
        send(sock, pickle.dumps((job, folder)))
        return process.pid, sock

    def close(self) -> None:
        """End the runner that waits."""
        process, sock = self._next
        sock.close()
        process.kill()
        process.wait()


# The runner.


def run_one(descriptor: str | None = None) -> None:
    """Import everything, wait for one job, run it, report, end."""
    keeper = _own_socket(descriptor)
    _linux_prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _import_everything()
    message = receive(keeper)
    if message is not None:
        job, folder = pickle.loads(message)
        _find_lessons(job)
        _perform(keeper, job, folder)


def _import_everything() -> None:
    for name in ("course.practice", "course.practice._engine", "course.live.server", "course.live.testing"):
        importlib.import_module(name)
    for name in (
        "fastapi.testclient",
        "uvicorn.protocols.http.auto",
        "uvicorn.lifespan.on",
        "anyio._backends._asyncio",
    ):
        importlib.import_module(name)


def _find_lessons(job: Job) -> None:
    importlib.import_module("course.lessons").__path__ = list(job.lessons)
    sys.path[:] = job.sys_path


def _perform(keeper: socket.socket, job: Job, folder: str) -> NoReturn:
    """Run the job in this process, send what came of it, and end without waiting for anything."""
    _to_nowhere()
    _limit()
    os.environ["TMPDIR"] = os.environ["TEMP"] = os.environ["TMP"] = folder
    tempfile.tempdir = None
    os.chdir(folder)
    with Path(folder, "stuck").open("w", encoding="utf-8") as stuck:
        faulthandler.dump_traceback_later(job.deadline + HARD_SECONDS / 2, file=stuck)
        from course.practice._engine import perform

        send(keeper, perform(job.parcel))
    os._exit(0)


def _to_nowhere() -> None:
    """What is written to the standard streams by number reaches nobody; ``print`` is heard by the engine."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)


def _limit() -> None:
    """Keep the program from using up the machine, as far as the system can."""
    if os.name == "nt":
        return
    import resource

    def at_most(what: int, limit: int) -> None:
        hard = resource.getrlimit(what)[1]
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))

    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, _FILE_BYTES)
    if sys.platform == "linux":
        at_most(resource.RLIMIT_AS, psutil.Process().memory_info().vms + 3 * MEMORY_BYTES)
    _limit_forks()


def _limit_forks() -> None:
    """Let ``os.fork`` refuse beyond a number that all processes of this program count together."""
    import mmap

    counter = mmap.mmap(-1, 4)
    original = os.fork

    def fork() -> int:
        count = int.from_bytes(counter[:4], "little") + 1
        if count > PROCESSES:
            raise BlockingIOError("this program has started too many processes")
        counter[:4] = count.to_bytes(4, "little")
        return original()

    os.fork = fork
