import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from course.live import FileGate, GateTimeout, Process, ProcessTimeout, launch

APP = """
from fastapi import FastAPI

app = FastAPI()
print("imported")


@app.get("/")
async def root() -> str:
    return "hello"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    (tmp_path / "sleeper.py").write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('child', child.pid)\n"
        "time.sleep(600)\n",
        encoding="utf-8",
    )
    return tmp_path


def until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")  # a zombie that nobody has reaped is not alive
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def child_of(process: Process) -> int:
    process.wait_for("child ")
    return int(process.log[-1].split()[1])


def test_a_server_answers_and_ends_in_an_orderly_way(folder: Path) -> None:
    with launch("app:app", folder=folder) as server:
        assert server.client.get("/").json() == "hello"
        assert server.running
        server.terminate()
        server.wait()
        assert not server.running
    assert server.log[0] == "imported"
    assert "INFO: Uvicorn running on http://127.0.0.1 (Press CTRL+C to quit)" in server.log
    assert server.log[-1] == "INFO: Finished server process"


def test_a_server_with_workers_is_ready_when_one_of_them_is(folder: Path) -> None:
    with launch("app:app", "--workers", "2", folder=folder) as server:
        assert server.client.get("/").json() == "hello"


def test_a_frozen_process_and_its_children_stand_still(folder: Path) -> None:
    (folder / "ticker.py").write_text(
        "import subprocess, sys, time\n"
        "tick = 'import time\\nwhile True: print(0, flush=True); time.sleep(0.01)'\n"
        "subprocess.run([sys.executable, '-c', tick])\n",
        encoding="utf-8",
    )
    with Process("ticker", folder=folder) as process:
        process.wait_for("0")
        process.freeze()
        assert until(lambda: len(process.log) == (time.sleep(0.1) or len(process.log)))
        stood = len(process.log)
        process.thaw()
        process.wait_for("0", times=stood + 1)


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    with pytest.raises(ProcessTimeout, match="Could not import module"):
        launch("nothing:app", folder=folder)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_kill_ends_what_the_process_has_started(folder: Path) -> None:
    process = Process("sleeper", folder=folder)
    child = child_of(process)
    process.kill()
    process.kill()
    assert not process.running
    assert until(lambda: not alive(child))


def test_a_life_has_its_lines_in_their_order_and_the_moment_of_its_kill(folder: Path) -> None:
    process = Process("sleeper", folder=folder)
    process.wait_for("child ")
    assert process.life.killed is None
    process.kill()
    life = process.life
    process.kill()
    assert life == process.life
    [(came, line)] = life.lines
    assert line == process.log[-1]
    assert life.killed is not None
    assert life.started <= came <= life.killed


def test_a_process_that_ended_by_itself_was_not_killed(folder: Path) -> None:
    (folder / "talker.py").write_text("print('bye')", encoding="utf-8")
    with Process("talker", folder=folder) as process:
        process.wait()
    assert process.life.killed is None
    assert [line for _, line in process.life.lines] == ["bye"]


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_forgetting_a_process_ends_it(folder: Path) -> None:
    process = Process("sleeper", folder=folder)
    child, pid = child_of(process), process.pid
    del process
    assert until(lambda: not alive(pid) and not alive(child))


@pytest.mark.skipif(os.name != "posix", reason="process groups")
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT])
def test_it_does_not_outlive_the_notebook(folder: Path, sign: signal.Signals) -> None:
    program = (
        "import time; from course.live import Process; process = Process('sleeper')\n"
        "process.wait_for('child '); print(process.pid, process.log[-1].split()[1], flush=True)\n"
        "time.sleep(600)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    notebook = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert notebook.stdout is not None
    with notebook, notebook.stdout:
        pids = [int(pid) for pid in notebook.stdout.readline().split()]
        assert all(map(alive, pids))
        notebook.send_signal(sign)
    assert until(lambda: not any(map(alive, pids)))


def test_it_is_killed_when_python_exits(folder: Path) -> None:
    program = (
        "import atexit; atexit.register(lambda: print(process.running))\n"  # the first is called last
        "from course.live import Process; process = Process('sleeper'); process.wait_for('child ')"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, cwd=folder, env=env, text=True, capture_output=True, timeout=300)
    assert ended.stdout == "False\n"


def test_waiting_in_vain_says_what_was_said(folder: Path) -> None:
    (folder / "talker.py").write_text("print('hello')", encoding="utf-8")
    with Process("talker", folder=folder) as process:
        with pytest.raises(ProcessTimeout, match=r"has ended before it said 'goodbye'\. It said:\nhello"):
            process.wait_for("goodbye")
        process.wait()
    with (
        Process("sleeper", folder=folder) as process,
        pytest.raises(ProcessTimeout, match="still running"),
    ):
        process.wait(timeout=0.1)


def test_a_file_gate_holds_until_somebody_makes_the_file(tmp_path: Path) -> None:
    gate = FileGate(tmp_path / "gate")
    assert repr(gate) == "FileGate('gate', closed)"
    with pytest.raises(GateTimeout, match="gate"):
        gate.wait(timeout=0.02)
    FileGate(tmp_path / "gate").open()
    gate.wait()
    assert gate.is_open


def test_lines_of_two_threads_stay_whole(folder: Path) -> None:
    (folder / "two.py").write_text(
        "import threading\n"
        "def say(word):\n"
        "    for _ in range(300):\n"
        "        print(word, word, sep='-')\n"
        "threads = [threading.Thread(target=say, args=(word,)) for word in ('one', 'two')]\n"
        "for thread in threads: thread.start()\n",
        encoding="utf-8",
    )
    with Process("two", folder=folder) as process:
        process.wait()
    assert sorted(process.log) == ["one-one"] * 300 + ["two-two"] * 300


def test_a_server_that_nobody_refers_to_closes_its_clients(folder: Path) -> None:
    """A cell that is run again gives the name to another server: Python would complain of an open socket."""
    server = launch("app:app", folder=folder)
    clients = [server.client, server.new_client()]
    for client in clients:
        client.get("/")
    del server
    gc.collect()
    assert [client.is_closed for client in clients] == [True, True]
