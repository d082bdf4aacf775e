"""The keeper and its runners: they end with the kernel, start again after a death, serve one at a time."""

import multiprocessing
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import cloudpickle
import pytest

from course import kernel
from course.paths import ROOT
from course.practice import _isolated, _worker
from course.practice._worker import Job, Report
from tests.practice.keeping import nothing_is_left, processes, run, the_next_check_is_fine

cloudpickle.register_pickle_by_value(sys.modules[__name__])
LESSONS = Path(__file__).parent / "lessons"


@pytest.fixture(autouse=True)
def keeper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A keeper of this test's own, in a place of its own."""
    _isolated.close()
    (tmp_path / "keeper").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "keeper"))
    yield tmp_path / "keeper"
    _isolated.close()


def wait_until(there: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)


def spin(send_welcome_email: Any) -> None:
    while True:
        pass


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.thorough)])
def test_a_keeper_that_died_is_replaced(method: str, monkeypatch: pytest.MonkeyPatch, keeper: Path) -> None:
    monkeypatch.setattr(_isolated, "METHOD", method)
    assert the_next_check_is_fine()
    with nothing_is_left(keeper):
        assert _isolated._keeper is not None
        _isolated._keeper.process.kill()
        assert the_next_check_is_fine()
        first = _isolated._keeper
        assert the_next_check_is_fine()
        assert _isolated._keeper is first


def test_two_threads_check_at_once(keeper: Path) -> None:
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(the_next_check_is_fine())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 3
    assert processes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="forks of the kernel are for Linux")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_fork_of_the_kernel_has_a_keeper_of_its_own() -> None:
    assert the_next_check_is_fine()
    with _isolated._lock:  # somebody checks at this moment
        child = multiprocessing.get_context("fork").Process(target=_check_and_leave)
        child.start()
    child.join()
    assert child.exitcode == 0
    assert the_next_check_is_fine()


def _check_and_leave() -> None:
    passed = the_next_check_is_fine()
    _isolated.close()
    os._exit(0 if passed else 1)


@pytest.mark.parametrize("program", ["", "_isolated.run(job)"], ids=["idle", "at work"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.skipif(os.name == "nt", reason="a kernel cannot be killed in that way")
def test_it_ends_with_its_kernel(method: str, program: str, keeper: Path) -> None:
    owner = _start_kernel(
        f"_isolated.METHOD = {method!r}; _isolated.get_ready(); ready(_isolated._keeper.folder); {program}",
        keeper,
    )
    assert owner.stdout is not None
    with owner:
        folder = owner.stdout.readline().strip()
        wait_until(lambda: len(_worker.marked(folder)) > (1 if program or method == "spawn" else 0))
        if program:
            wait_until(lambda: any("at-work" in str(each) for each in Path(folder).rglob("*")))
        owner.kill()
    wait_until(lambda: not _worker.marked(folder))
    wait_until(lambda: not list(keeper.iterdir()))


def test_it_ends_when_nothing_is_to_be_done(keeper: Path) -> None:
    folder = tempfile.mkdtemp(dir=keeper)
    here, there = socket.socketpair()
    program = (
        "import sys; from course.practice import _worker; _worker.IDLE_SECONDS = 0.2; "
        "_worker.keep('fork', *sys.argv[1:])"
    )
    with here, there:
        number = str(there.fileno())
        command = [sys.executable, "-c", program, folder, number]
        assert subprocess.run(command, cwd=ROOT, pass_fds=[there.fileno()], check=False).returncode == 0
    assert not Path(folder).exists()


def test_it_asks_once_more_when_the_keeper_ended_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    assert the_next_check_is_fine()
    assert _isolated._keeper is not None
    _isolated._keeper.process.kill()
    _isolated._keeper.process.wait()
    monkeypatch.setattr(_isolated._Keeper, "usable", property(lambda self: True))
    assert the_next_check_is_fine()


def test_each_part_of_a_check_has_its_time_for_the_kernel_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check may have many parts: the kernel's watch begins anew when the keeper says that it goes on."""
    clocks: list[object] = []
    monkeypatch.setattr(_isolated, "Clock", lambda processes: clocks.append(processes))
    job = Job(b"", "", 1, [], {}, [])
    keeper, (ours, theirs) = object.__new__(_isolated._Keeper), socket.socketpair()
    with ours, theirs:
        keeper.sock, keeper.process = ours, subprocess.Popen([sys.executable, "-c", ""])
        keeper.process.wait()
        _worker.send(theirs, b"begun")
        for _ in range(3):
            _worker.send(theirs, _worker.GOES_ON)
        _worker.send(theirs, pickle.dumps(Report("finished", b"all")))
        assert keeper.run(job) == Report("finished", b"all")
    assert len(clocks) == 4


def test_that_no_process_can_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    result = run(spin)
    assert result.miss == "engine.not-started"
    monkeypatch.undo()


interrupted_anywhere = pytest.mark.filterwarnings(  # also in psutil, between its open() and its close()
    "ignore:unclosed file <_io.BufferedReader name='/proc/:ResourceWarning"
)


@interrupted_anywhere
def test_an_interrupt_leaves_nothing_behind(keeper: Path) -> None:
    assert the_next_check_is_fine()

    def interrupt() -> None:
        wait_until(processes)
        signal.raise_signal(signal.SIGINT) if os.name == "nt" else os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    with nothing_is_left(keeper):
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            run(spin, 10_000, seconds=10_000)
        thread.join()
        assert the_next_check_is_fine()


@interrupted_anywhere
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=() if line in (5, 27) else pytest.mark.thorough)
        for line in (2, 5, 9, 14, 20, 27, 35, 44, 54)
    ],
)
def test_an_interrupt_at_any_line_leaves_nothing_behind(line: int, keeper: Path) -> None:
    files, seen = {_isolated.__file__, _worker.__file__}, 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal seen
        if frame.f_code.co_filename in files:
            seen += event == "line"
            if seen == line:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    tracing = sys.gettrace()
    sys.settrace(trace)
    try:
        run(spin, 0.1)
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(tracing)
    assert the_next_check_is_fine()
    assert _isolated._keeper is not None
    kept = [Path(_isolated._keeper.folder)]
    wait_until(lambda: list(keeper.iterdir()) == kept)  # one that was just starting ends by itself
    assert processes() == []


def test_a_message_is_whole_or_none() -> None:
    here, there = socket.socketpair()
    with here:
        with there:
            _worker.send(here, b"")
            _worker.send(here, b"x" * 3_000)
            assert _worker.receive(there) == b""
            assert _worker.receive(there) == b"x" * 3_000
            _worker.send(here, b"x" * 11)
            assert _worker.receive(there, at_most=10) is None
            here.sendall(b"\0\0")
        assert _worker.receive(here) is None


def test_who_waits_for_a_message_that_trickles_in_still_looks_around() -> None:
    here, there = socket.socketpair()

    class Enough(Exception): ...

    def each() -> None:
        looks.append(there.send(b"\1"))
        if len(looks) == 3:
            raise Enough

    looks: list[int] = []
    with here, there, pytest.raises(Enough):
        _worker.receive(here, each=each)


def test_a_job_and_a_report_need_nothing_of_the_learner() -> None:
    job = Job(b"", "m", 1, [], {}, [])
    assert pickle.loads(pickle.dumps(job)) == job
    assert pickle.loads(pickle.dumps(Report("died", status=-9))) == Report("died", status=-9)


def test_the_keeper_of_a_kernel_is_there_before_the_first_check(keeper: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(keeper), "IPYTHONDIR": str(keeper / "ipython")}
    manager, client = kernel.started(env=env)
    try:
        client.execute_interactive("from course import check", timeout=300)
        (folder,) = keeper.glob("course-check-*")
        assert [each for each in _worker.marked(str(folder)) if each.is_running()]
    finally:
        kernel.end(manager, client)
    wait_until(lambda: not _worker.marked(str(folder)))
    wait_until(lambda: not folder.exists())


def test_no_keeper_is_started_where_nobody_asks() -> None:
    program = "from course import check; from course.practice import _isolated; print(_isolated._keeper)"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "None\n"


def test_the_process_of_a_check_loads_nothing_that_only_a_kernel_or_a_test_needs() -> None:
    """Each kernel has a keeper, which begins while the learner waits for the first check."""
    program = "import sys; from course.practice import _worker; _worker._import_everything(); "
    program += "print(sorted({'IPython', 'ipywidgets', 'traitlets', 'pytest'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True) == "[]\n"


def _start_kernel(program: str, folder: Path) -> "subprocess.Popen[str]":
    """A process that starts a keeper, says where, runs ``program`` and then waits."""
    source = f"""
import sys, time
from course.practice import _isolated, _travel, _exercise, texts
from course.practice._worker import Job

def ready(folder):
    print(folder, flush=True)

def check(bench, program):
    import subprocess, sys
    open("at-work", "w").close()
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    program()

def program():
    while True:
        time.sleep(0.01)

exercise = _exercise.Exercise("x", ("program",), check, 600, 64)
parcel = _travel.pack({{"program": program}}, exercise=exercise, text=None, every_point=False)
job = Job(parcel, "course.practice", 600, sys.path, {{}}, [])
{program}
time.sleep(600)
"""
    env = os.environ | {"TMPDIR": str(folder)}
    command = [sys.executable, "-c", source]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
