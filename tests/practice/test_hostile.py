"""Programs that may do anything: a message comes in time, the kernel is unharmed, and nothing is left."""

import contextlib
import ctypes
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import cloudpickle
import psutil
import pytest
import uvicorn
from fastapi import BackgroundTasks, FastAPI

from course.practice import ____, _clock, _isolated, journal
from course.publish.plugin import is_thorough
from tests.practice.keeping import nothing_is_left, run, the_next_check_is_fine

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as if it stood in a notebook

USUAL = _isolated.METHOD
"""How this system starts runners. The other way takes seconds to begin, and is tried once."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(method, marks=() if method == USUAL else pytest.mark.thorough)
        for method in ("fork", "spawn")
    ],
)
def method(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """How runners are started; the keeper has a place for temporary files that no other has."""
    _isolated.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_isolated, "METHOD", request.param)
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("keeper")))
        yield request.param
        _isolated.close()


def with_task(task: Callable[..., Any]) -> Callable[..., FastAPI]:
    def build_register(send_welcome_email: Any) -> FastAPI:
        app = FastAPI()

        @app.post("/register", status_code=201)
        async def register(tasks: BackgroundTasks) -> None:
            tasks.add_task(task)

        return app

    return build_register


def with_endpoint(endpoint: Callable[..., Any]) -> Callable[..., FastAPI]:
    def build_register(send_welcome_email: Any) -> FastAPI:
        app = FastAPI()
        app.post("/register", status_code=201)(endpoint)
        return app

    return build_register


def spin() -> None:
    while True:
        pass


async def spin_on_the_loop() -> None:
    spin()


def sleep_in_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(10**6,)).start()


def match_for_ever() -> None:
    re.match(r"(a+)+$", "a" * 64 + "b")


def raise_to_a_huge_power() -> None:
    7 ** (10**8)


def leave_at_once() -> None:
    os._exit(3)


def leave_in_c() -> None:
    ctypes.CDLL(None)._exit(3)


def read_address_zero() -> None:
    ctypes.string_at(0)


def fork_for_ever() -> None:
    while True:
        os.fork()


def start_processes_for_ever() -> None:
    while True:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def start_a_shell_that_multiplies() -> None:
    script = "f() { if [ $1 -gt 0 ]; then f $(($1 - 1)) & f $(($1 - 1)) & fi; sleep 60; }; f 9"
    subprocess.run(["sh", "-c", script])


def take_memory() -> None:
    taken = []
    while True:
        taken.append(b"x" * 10**8)


def take_it_all_at_once() -> None:
    bytearray(8 * 10**9)


def fill_one_file() -> None:
    with Path("big").open("wb") as file:
        for size in range(10**8, 10**12, 10**8):
            file.truncate(size)


def fill_the_disk() -> None:
    for number in range(10**6):
        with Path(f"big-{number}").open("wb") as file:
            file.truncate(10**8)


def close_the_streams() -> None:
    sys.stdout.close()
    sys.stderr.close()
    for number in (0, 1, 2):
        os.close(number)
    print("still here")


def close_everything() -> None:
    os.closerange(3, 4096)
    spin()


def write_garbage_everywhere() -> None:
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            os.write(number, b"\0\0\0\0\0\0\0\7garbage")


def trickle() -> None:
    while True:
        for number in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(number, b"\x01")
        time.sleep(0.02)


def exit_in_a_thread() -> None:
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()


def kill_itself() -> None:
    signal.raise_signal(signal.SIGKILL)


def interrupt_itself() -> None:
    signal.raise_signal(signal.SIGINT)
    spin()


def stop_itself() -> None:
    signal.raise_signal(signal.SIGSTOP)


def kill_its_group() -> None:
    os.killpg(0, signal.SIGTERM)


def signal_all_processes() -> None:
    os.kill(-1, 0)  # which harms nobody should it not be refused


def kill_its_parent() -> None:
    os.kill(os.getppid(), signal.SIGKILL)


def signal_the_kernel() -> None:
    os.kill(psutil.Process(os.getppid()).ppid(), signal.SIGCONT)


_STUBBORN = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def leave_stubborn_children() -> None:
    subprocess.Popen([sys.executable, "-c", _STUBBORN], start_new_session=True)
    orphan = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {_STUBBORN!r}])"
    subprocess.run([sys.executable, "-c", orphan], start_new_session=True)


def kill_the_keeper() -> None:
    leave_stubborn_children()
    ctypes.CDLL(None).kill(os.getppid(), signal.SIGKILL)
    spin()


def stop_the_keeper() -> None:
    ctypes.CDLL(None).kill(os.getppid(), signal.SIGSTOP)
    spin()


def remove_its_folder() -> None:
    folder = Path.cwd().parent
    assert folder.name.startswith("course-check-")
    shutil.rmtree(folder)


def want_no_more_files() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def wait_at_the_exit() -> None:
    import atexit

    atexit.register(time.sleep, 600)
    threading._register_atexit(time.sleep, 600)  # type: ignore[attr-defined]


NEVER = {"engine.endless", "engine.endless-call"}
HOSTILE: list[tuple[Callable[[], Any], set[str], float, bool]] = [
    # what, the misses that fit, the deadline, whether also in an interpreter that was spawned
    (spin, NEVER, 0.5, True),
    (sleep_in_a_thread, {"never-called"}, 8, False),
    (match_for_ever, {"engine.endless"}, 0.5, True),
    (raise_to_a_huge_power, {"engine.endless"}, 0.5, False),
    (leave_at_once, {"engine.program-exited"}, 8, False),
    (leave_in_c, {"engine.process-ended"}, 8, True),
    (read_address_zero, {"engine.process-ended"}, 8, True),
    (fork_for_ever, {"engine.raised", "engine.too-many-processes"}, 8, False),
    (start_processes_for_ever, {"engine.too-many-processes"}, 8, False),
    (start_a_shell_that_multiplies, {"engine.too-many-processes"}, 8, False),
    (take_memory, {"engine.too-much-memory"}, 8, False),
    (take_it_all_at_once, {"engine.raised", "engine.too-much-memory"}, 8, False),
    (fill_one_file, {"engine.raised", "engine.too-much-written"}, 8, False),
    (fill_the_disk, {"engine.too-much-written"}, 8, False),
    (close_the_streams, {"never-called"}, 8, False),
    (close_everything, {"engine.process-ended"}, 0.5, True),
    (write_garbage_everywhere, {"engine.process-ended"}, 8, True),
    (trickle, {"engine.process-ended", "engine.endless"}, 0.5, False),
    (exit_in_a_thread, {"never-called"}, 8, True),
    (kill_itself, {"engine.process-ended"}, 8, True),
    (interrupt_itself, {"engine.process-ended"}, 0.5, False),
    (stop_itself, {"engine.endless"}, 0.5, False),
    (kill_its_group, {"engine.process-ended"}, 8, False),
    (signal_all_processes, {"engine.program-exited"}, 8, False),
    (kill_its_parent, {"engine.program-exited"}, 8, False),
    (signal_the_kernel, {"engine.program-exited"}, 8, False),
    (leave_stubborn_children, {"never-called"}, 8, True),
    (kill_the_keeper, {"engine.process-ended"}, 0.5, True),
    (remove_its_folder, {"never-called"}, 8, False),
    (
        want_no_more_files,
        {"engine.process-ended", "engine.raised"},
        8,
        False,
    ),
    (wait_at_the_exit, {"never-called"}, 8, True),
]


TWINS = {
    match_for_ever,  # as in the test of its message below
    raise_to_a_huge_power,
    start_a_shell_that_multiplies,
    exit_in_a_thread,
    leave_in_c,
    kill_itself,
}
"""Each ends in the same way as another one, which is tried in every run."""


def after(what: Callable[[], Any]) -> Callable[..., FastAPI]:
    """A builder that does this first, and else forgets to send."""

    def build_register(send_welcome_email: Any) -> FastAPI:
        what()
        app = FastAPI()
        app.post("/register", status_code=201)(lambda: None)
        return app

    return build_register


@pytest.mark.skipif(os.name == "nt", reason="what they call is not there")
@pytest.mark.parametrize(
    ("what", "misses", "deadline", "spawned"),
    [
        pytest.param(*each, id=each[0].__name__, marks=[pytest.mark.thorough] if each[0] in TWINS else [])
        for each in HOSTILE
    ],
)
def test_a_hostile_program(
    what: Callable[[], Any],
    misses: set[str],
    deadline: float,
    spawned: bool,
    method: str,
    request: pytest.FixtureRequest,
) -> None:
    if method == "spawn" and not spawned:
        pytest.skip("the keeper does the same to it as to a fork")
    assert _isolated._keeper is not None or the_next_check_is_fine()
    kept = journal().path.read_bytes() if journal().path.exists() else b""
    with nothing_is_left(Path(tempfile.gettempdir())):
        for _ in range(3 if method == USUAL and is_thorough(request.config) else 1):
            clock = _clock.Clock()
            result = run(after(what), deadline, patient=deadline > 1)
            assert result.miss in misses, result
            assert clock.seconds() < 10
        assert the_next_check_is_fine()
    assert (journal().path.read_bytes() if journal().path.exists() else b"") == kept


@pytest.mark.skipif(os.name == "nt", reason="a process cannot be stopped there")
def test_a_keeper_that_was_stopped_is_killed(method: str) -> None:
    if method == "spawn":
        pytest.skip("the kernel does the same in both")
    with nothing_is_left(Path(tempfile.gettempdir())):
        assert run(after(stop_the_keeper), 0.1).miss == "engine.process-ended"
        assert the_next_check_is_fine()


# What a learner is told.


def test_an_endless_loop_while_building() -> None:
    def build_register(send_welcome_email: Any) -> None:
        spin()

    result = run(build_register)
    assert result.miss == "engine.endless-call"
    assert "`build_register(send_welcome_email)` had not come back after 0.5 seconds" in result.message


@pytest.mark.parametrize("task", [spin, spin_on_the_loop])
def test_an_endless_loop_in_a_task(task: Callable[..., Any]) -> None:
    result = run(with_task(task), deadline=1)
    assert result.miss == "engine.endless"
    assert f"in `{task.__name__}`" in result.message


def test_a_call_into_c_names_the_function_that_makes_it() -> None:
    result = run(with_task(match_for_ever), deadline=2)
    assert result.miss == "engine.endless"
    assert "in `match_for_ever`" in result.message


def test_a_crash_names_the_function_that_makes_it() -> None:
    result = run(with_task(read_address_zero))
    assert result.miss == "engine.process-ended"
    assert result.message.endswith("It was in `read_address_zero`.")
    assert os.name == "nt" or "(signal SIGSEGV)" in result.message


def test_a_task_that_waits_for_ever() -> None:
    async def wait_for_godot() -> None:
        import asyncio

        await asyncio.Event().wait()

    result = run(with_task(wait_for_godot), deadline=1)
    assert result.miss == "engine.endless"
    assert "in `wait_for_godot`" in result.message


@pytest.mark.parametrize("endpoint", [spin, spin_on_the_loop])
def test_an_endless_loop_in_the_endpoint(endpoint: Callable[..., Any]) -> None:
    result = run(with_endpoint(endpoint))
    assert result.miss == "engine.no-answer"
    assert "`POST /register` had no answer" in result.message


def test_a_loop_that_catches_everything() -> None:
    def stubborn() -> None:
        while True:
            try:
                time.sleep(0.001)
            except BaseException:
                continue

    assert run(with_task(stubborn), deadline=1).miss == "engine.endless"
    assert run(lambda send_welcome_email: stubborn()).miss == "engine.endless-call"


def wait_for_nobody() -> None:
    threading.Event().wait()


def test_a_lock_that_nobody_releases() -> None:
    assert run(after(wait_for_nobody)).miss == "engine.endless-call"


def test_a_call_may_take_its_time_in_a_long_part() -> None:
    def take_time() -> None:
        time.sleep(2.5)

    assert run(after(take_time), deadline=0.5, longest=60).miss == "never-called"
    result = run(after(lambda: time.sleep(600)), deadline=0.5, longest=1)
    assert result.miss in NEVER
    assert re.search(r"after 1(\.5)? seconds", result.message)


def test_a_long_part_does_not_wait_for_what_cannot_come() -> None:
    assert run(after(match_for_ever), deadline=0.5, longest=600).miss == "engine.endless"
    if sys.platform == "linux":
        assert run(after(wait_for_nobody), longest=600).miss == "engine.stuck"


@pytest.mark.parametrize("leave", ["sys.exit()", "os._exit(3)", "os.abort()", "os.kill(os.getpid(), 9)"])
def test_leaving_while_building(leave: str) -> None:
    def build_register(send_welcome_email: Any) -> None:
        exec(leave, {"os": os, "sys": sys})

    result = run(build_register)
    assert result.miss == "engine.program-exited"
    assert "`exec(leave," in result.message


def test_sys_exit_in_a_task_is_an_exception_like_any_other() -> None:
    result = run(with_task(sys.exit))
    assert result.miss == "never-called"


def test_sys_exit_in_a_task_of_its_own() -> None:
    async def endpoint() -> None:
        import asyncio

        async def leave() -> None:
            sys.exit()

        endpoint.task = asyncio.create_task(leave())  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)

    result = run(with_endpoint(endpoint))
    assert result.state == "not yet"
    assert not result.miss or "our-fault" not in result.miss


def test_a_hundred_threads() -> None:
    def many() -> None:
        for _ in range(100):
            threading.Thread(target=threading.Event().wait).start()

    result = run(with_task(many))
    assert result.miss == "engine.too-many-threads"
    assert "At 64 threads" in result.message


def test_threads_without_end() -> None:
    def build_register(send_welcome_email: Any) -> None:
        while True:
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=threading.Event().wait).start()

    assert run(build_register, threads=6).miss == "engine.too-many-threads"


def test_threads_of_earlier_apps_do_not_count() -> None:
    def three_apps(bench: Any, build_register: Callable[..., FastAPI]) -> dict[str, str]:
        for _ in range(3):
            with bench.serve(bench.call(build_register, print)) as server:
                server.client.post("/register")
        return {"address": "ada@example.org"}

    def build_register(send_welcome_email: Any) -> FastAPI:
        for _ in range(8):
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        return with_task(print)(send_welcome_email)

    assert run(build_register, threads=12, patient=True, check=three_apps).passed


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_pool_that_nobody_closes(
    make: Callable[..., Executor], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    options = {"mp_context": multiprocessing.get_context("spawn")} if make is ProcessPoolExecutor else {}

    def build_register(send_welcome_email: Any) -> FastAPI:
        pool = make(1, **options)
        assert pool.submit(abs, -1).result() == 1
        app = with_task(print)(send_welcome_email)
        app.state.pool = pool
        return app

    result = run(build_register, patient=True)
    assert result.miss == "never-called"
    assert result.printed == "\n"
    assert capsys.readouterr().err == caplog.text == ""


def test_output_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    def babble() -> None:
        while True:
            print("and another thing")

    result = run(with_task(babble), deadline=1)
    assert result.miss == "engine.endless", result
    assert result.printed.startswith("and another thing\n")
    assert result.printed_more
    assert len(result.printed) <= 4000
    assert capsys.readouterr().out == ""


def test_an_exception_in_a_thread_stays_with_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("lost in a thread")

    def start() -> None:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    result = run(lambda send_welcome_email: start())
    assert "lost in a thread" in result.printed
    run(with_task(start))
    assert capsys.readouterr().err == ""


def test_a_server_inside_of_the_builder() -> None:
    def build_register(send_welcome_email: Any) -> None:
        uvicorn.run(FastAPI(), port=0, log_level="critical")

    assert run(build_register).miss == "engine.endless-call"


def test_a_response_whose_last_part_is_never_sent() -> None:
    def build_register(send_welcome_email: Any) -> Any:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            send_welcome_email("ada@example.org")

        return app

    result = run(build_register)
    assert result.miss == "engine.never-ends"
    assert "'response' has not ended yet" in result.message


def test_a_lifespan_that_never_starts() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        import asyncio

        await asyncio.Event().wait()
        yield

    result = run(lambda send_welcome_email: FastAPI(lifespan=lifespan), deadline=1)
    assert result.miss == "engine.endless"


def test_a_lifespan_that_fails() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        raise ConnectionError("no database today")
        yield

    result = run(lambda send_welcome_email: FastAPI(lifespan=lifespan))
    assert result.miss == "engine.did-not-start"
    assert "no database today" in result.message


def test_a_blank_in_a_task() -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        def task(blank: Any) -> None:
            blank(1)

        app = FastAPI()

        @app.post("/register", status_code=201)
        async def register(tasks: BackgroundTasks) -> None:
            tasks.add_task(task, FILL_ME_IN)

        return app

    result = run(build_register)
    assert result.state == "not attempted"
    assert "ran into a blank" in result.message


FILL_ME_IN = ____


def test_a_blank_that_is_handed_to_a_spy() -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        return with_task(lambda: send_welcome_email(FILL_ME_IN))(send_welcome_email)

    assert run(build_register).state == "not attempted"
