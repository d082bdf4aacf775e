"""Programs in which nothing more can happen, and others in which something will; run by test_quiet.py.

Each is begun in this process, which has no other threads than its own, and looked at.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from fastapi import FastAPI

from course.live import Gate, serve
from course.live.quiet import Stillness, limit, pause
from course.tasks import TaskManager

DEADLINE = 60  # seconds that only a proof meets which never comes
LOOKS = 20  # at what goes on


def thread(work: Callable[[], object]) -> threading.Thread:
    started = threading.Thread(target=work, daemon=True)
    started.start()
    return started


@contextlib.contextmanager
def nothing() -> Iterator[None]:
    yield


@contextlib.contextmanager
def an_event() -> Iterator[None]:
    event = threading.Event()
    waits = thread(event.wait)
    yield
    event.set()
    waits.join()


@contextlib.contextmanager
def a_deadlock() -> Iterator[None]:
    one, other = threading.Lock(), threading.Lock()
    one.acquire()
    other.acquire()
    waits = [thread(one.acquire), thread(other.acquire)]
    yield
    one.release()
    other.release()
    for each in waits:
        each.join()


@contextlib.contextmanager
def a_pool() -> Iterator[None]:
    with ThreadPoolExecutor(2) as pool:
        pool.submit(int).result()
        yield


@contextlib.contextmanager
def a_task_manager() -> Iterator[None]:
    manager = TaskManager()
    manager.add_task("one", lambda: 1)
    asyncio.run(manager.run())
    yield


@contextlib.contextmanager
def a_gate() -> Iterator[None]:
    gate = Gate()
    waits = thread(lambda: gate.wait(DEADLINE))
    yield
    gate.open()
    waits.join()


def looped(work: Callable[[], object]) -> Callable[[], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def run() -> Iterator[None]:
        begun: queue.SimpleQueue[asyncio.Task[object]] = queue.SimpleQueue()

        async def main() -> None:
            task = asyncio.ensure_future(work())  # type: ignore[call-overload]
            begun.put(task)
            with contextlib.suppress(asyncio.CancelledError):
                await task

        runs = thread(lambda: asyncio.run(main()))
        task = begun.get()
        yield
        task.get_loop().call_soon_threadsafe(task.cancel)
        runs.join()

    return run


async def polls() -> None:
    while True:
        await asyncio.sleep(0.01)


async def bench_polls() -> None:
    while True:
        await pause(0.01)


async def bench_limits() -> None:
    async with limit(DEADLINE):
        await asyncio.Event().wait()


def served(
    before: Callable[[Gate], object], patience: float | None = DEADLINE
) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """A server that a client waits for, at most for its patience; its endpoint waits for a gate."""

    @contextlib.contextmanager
    def run() -> Iterator[None]:
        gate, app = Gate(), FastAPI()

        @app.get("/")
        async def endpoint() -> None:
            await before(gate)  # type: ignore[misc]

        with serve(app) as server:
            pending = server.submit("GET", "/", timeout=patience)
            yield
            gate.open()
            pending.result()

    return run


@contextlib.contextmanager
def a_sleep() -> Iterator[None]:
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            time.sleep(0.3)

    waits = thread(work)
    yield
    over.set()
    waits.join()


@contextlib.contextmanager
def a_time_out() -> Iterator[None]:
    over = threading.Event()
    waits = thread(lambda: over.wait(DEADLINE))
    yield
    over.set()
    waits.join()


@contextlib.contextmanager
def a_spin() -> Iterator[None]:
    over: list[bool] = []

    def work() -> None:
        while not over:
            pass

    waits = thread(work)
    yield
    over.append(True)
    waits.join()


@contextlib.contextmanager
def a_pipe() -> Iterator[None]:
    there, here = os.pipe()
    waits = thread(lambda: os.read(there, 1))
    yield
    os.write(here, b".")
    waits.join()


def process(program: str) -> Callable[[], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def run() -> Iterator[None]:
        command = [sys.executable, "-S", "-c", f"import sys, time; {program}; sys.stdin.read()"]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as started:
            yield
            started.kill()

    return run


@contextlib.contextmanager
def a_process_pool() -> Iterator[None]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(int).result()
        yield


@contextlib.contextmanager
def an_alarm() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_REAL, DEADLINE)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


ENDS = {
    "nothing at all": nothing,
    "a thread that waits for an event": an_event,
    "a deadlock": a_deadlock,
    "a pool without work": a_pool,
    "a task manager without work": a_task_manager,
    "a thread at a gate": a_gate,
    "a loop without timers": looped(lambda: asyncio.Event().wait()),
    "a loop on which only the bench looks": looped(bench_polls),
    "a limit of the bench": looped(bench_limits),
    "a client of who waits at a gate": served(lambda gate: gate.wait_async(DEADLINE)),
    "a client without a time-out": served(lambda gate: gate.wait_async(DEADLINE), patience=None),
    "a client of who waits at a gate in a thread": served(
        lambda gate: asyncio.to_thread(gate.wait, DEADLINE)
    ),
}
ENDS |= {
    "another process that waits for this one": process("pass"),
    "a pool of processes without work": a_process_pool,
}
GOES_ON = {
    "a thread that sleeps": a_sleep,
    "a thread with a time-out": a_time_out,
    "a thread that computes": a_spin,
    "a thread at a pipe": a_pipe,
    "a loop that polls": looped(polls),
    "a loop with a far timer": looped(lambda: asyncio.sleep(DEADLINE)),
    "a client of who has a time-out": served(lambda gate: asyncio.wait_for(gate.wait_async(), DEADLINE)),
    "another process that sleeps": process("time.sleep(60)"),
    "another process that polls": process("[time.sleep(0.01) for _ in range(6000)]"),
    "another process that computes": process("sum(range(10**10))"),
    "an alarm": an_alarm,
}


def proved(looks: int | None) -> bool:
    stillness, end = Stillness(), time.monotonic() + DEADLINE
    while time.monotonic() < end and looks != 0:
        if stillness.proved():
            return True
        time.sleep(0.02)
        looks = None if looks is None else looks - 1
    return False


if __name__ == "__main__":
    found = {}
    for cases, looks in ((ENDS, None), (GOES_ON, LOOKS)):
        for name, begin in cases.items():
            with begin():
                found[name] = proved(looks)
    print(json.dumps(found))
