"""Programs that may do anything: a message comes in time, and nothing of them is left."""

import _thread
import contextlib
import dataclasses
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn
from fastapi import BackgroundTasks, FastAPI

from course.practice import Result, ____, _bench, _clock, _contain, bank, examine, find_exercise, lesson

SEEN: dict[str, Any] = {}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter deadlines of the engine, where a program does not end anyway."""
    monkeypatch.setattr(_bench, "CALL_SECONDS", 0.6)
    monkeypatch.setattr(_bench, "ANSWER_SECONDS", 0.6)
    monkeypatch.setattr(_contain, "STOPPING_SECONDS", 0.7)


@pytest.fixture(autouse=True)
def tidy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The interpreter is as it was, and every thread ends when the test says so."""
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)  # which ignores SystemExit
    SEEN.clear()
    SEEN["end"] = threading.Event()
    streams, start = (sys.stdout, sys.stderr), threading.Thread.start
    before = set(threading.enumerate())
    yield
    SEEN["end"].set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive(), thread
    assert (sys.stdout, sys.stderr) == streams
    assert threading.Thread.start is start
    monkeypatch.undo()


@pytest.fixture(autouse=True)
def machine_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second counts, whatever the machine does: test_clock.py is about the others."""
    monkeypatch.setattr(_clock, "_idle", lambda: 0.0)


@pytest.fixture(autouse=True)
def the_next_check_is_fine(tidy: None) -> Iterator[None]:
    yield
    found = lesson("rehearsal")
    program = next(p for p in bank.programs(found, "demo.welcome") if p.name == "right_reference")
    assert program.check().passed


def run(build: Any, deadline: float = 8, threads: int = 64) -> Result:
    found = lesson("rehearsal")
    exercise = dataclasses.replace(find_exercise("demo.welcome", found), deadline=deadline, threads=threads)
    before = set(threading.enumerate())
    started = time.monotonic()
    result = examine(exercise, found, found.text.exercises["demo.welcome"], [build])
    assert time.monotonic() - started < deadline + 2
    if not any("could not be stopped" in step for step in result.steps):
        for thread in set(threading.enumerate()) - before:
            thread.join(3)
            assert not thread.is_alive(), thread
    return result


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


def test_an_endless_loop_while_building(impatient: None) -> None:
    def build_register(send_welcome_email: Any) -> None:
        spin()

    result = run(build_register)
    assert result.miss == "engine.endless-call"
    assert "`build_register(send_welcome_email)` had not come back after 0.6 seconds" in result.message


@pytest.mark.parametrize("task", [spin, spin_on_the_loop])
def test_an_endless_loop_in_a_task(task: Callable[..., Any]) -> None:
    result = run(with_task(task), deadline=1)
    assert result.miss == "engine.endless"
    assert f"in `{task.__name__}`" in result.message


def test_a_task_that_waits_for_ever() -> None:
    async def wait_for_godot() -> None:
        import asyncio

        await asyncio.Event().wait()

    result = run(with_task(wait_for_godot), deadline=1)
    assert result.miss == "engine.endless"
    assert "in `wait_for_godot`" in result.message


@pytest.mark.parametrize("endpoint", [spin, spin_on_the_loop])
def test_an_endless_loop_in_the_endpoint(endpoint: Callable[..., Any], impatient: None) -> None:
    result = run(with_endpoint(endpoint))
    assert result.miss == "engine.no-answer"
    assert "`POST /register` had no answer" in result.message


def test_a_loop_that_catches_everything(impatient: None) -> None:
    def stubborn() -> None:
        while not SEEN["end"].is_set():
            try:
                time.sleep(0.001)
            except BaseException:
                continue

    result = run(with_task(stubborn), deadline=1)
    assert result.miss == "engine.endless"
    result = run(lambda send_welcome_email: stubborn())
    assert result.miss == "engine.endless-call"


def test_a_lock_that_nobody_releases(impatient: None) -> None:
    def build_register(send_welcome_email: Any) -> None:
        SEEN["end"].wait()

    result = run(build_register)
    assert result.miss == "engine.endless-call"
    assert any("could not be stopped" in step for step in result.steps)


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

        SEEN["task"] = asyncio.create_task(leave())
        await asyncio.sleep(0.01)

    result = run(with_endpoint(endpoint))
    assert result.state == "not yet"
    assert not result.miss or "our-fault" not in result.miss


def test_a_hundred_threads(impatient: None) -> None:
    def many() -> None:
        for _ in range(100):
            threading.Thread(target=SEEN["end"].wait).start()

    result = run(with_task(many))
    assert result.miss == "engine.too-many-threads"
    assert "at 64 at once" in result.message


def test_threads_without_end() -> None:
    def build_register(send_welcome_email: Any) -> None:
        while True:
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=spin).start()

    assert run(build_register, threads=6).miss == "engine.too-many-threads"


def test_a_process_that_is_left_behind() -> None:
    def build_register(send_welcome_email: Any) -> FastAPI:
        SEEN["process"] = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        return with_task(print)(send_welcome_email)

    assert run(build_register).miss == "never-called"
    assert SEEN["process"].wait(5) != 0


@pytest.mark.parametrize("make", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_pool_that_nobody_closes(
    make: Callable[..., Executor], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    options = {"mp_context": multiprocessing.get_context("spawn")} if make is ProcessPoolExecutor else {}

    def build_register(send_welcome_email: Any) -> FastAPI:
        SEEN["pool"] = make(1, **options)
        assert SEEN["pool"].submit(abs, -1).result() == 1
        return with_task(print)(send_welcome_email)

    result = run(build_register)
    assert result.miss == "never-called"
    assert result.printed == "\n"
    assert capsys.readouterr().err == caplog.text == ""
    with pytest.raises(RuntimeError):
        SEEN["pool"].submit(abs, -1)


def test_output_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    def babble() -> None:
        while True:
            print("and another thing")

    result = run(with_task(babble), deadline=1)
    assert result.miss == "engine.endless"
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


def test_a_server_inside_of_the_builder(impatient: None) -> None:
    def build_register(send_welcome_email: Any) -> None:
        uvicorn.run(FastAPI(), port=0, log_level="critical")

    assert run(build_register).miss == "engine.endless-call"


def test_a_lifespan_that_never_starts() -> None:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        import asyncio

        await asyncio.Event().wait()
        yield

    result = run(lambda send_welcome_email: FastAPI(lifespan=lifespan), deadline=1)
    assert result.miss == "engine.endless"


def test_a_lifespan_that_fails() -> None:
    from contextlib import asynccontextmanager

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


def test_an_interrupt_leaves_nothing_behind() -> None:
    def build_register(send_welcome_email: Any) -> None:
        _thread.interrupt_main()
        spin()

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt):
        run(build_register)
    for thread in set(threading.enumerate()) - before:
        thread.join(3)
        assert not thread.is_alive()
