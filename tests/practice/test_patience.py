"""Waiting for what a check wants to see: it comes, it cannot come any more, or patience is at an end."""

import asyncio
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest

from course.paths import ROOT
from course.practice import _patience
from course.practice._patience import patiently, patiently_async

LONG = 10_000  # seconds that nobody waits for in a test
linux = pytest.mark.skipif(sys.platform != "linux", reason="only there a standstill can be proved")


@pytest.fixture
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a standstill cannot be proved."""
    monkeypatch.setattr(_patience.Stillness, "proved", lambda *_: False)


def test_patience_waits_for_what_happens() -> None:
    looks = iter([False, False, True])
    assert patiently(lambda: next(looks))


def test_patience_comes_to_an_end() -> None:
    assert not patiently(lambda: False, 0.02)
    assert not asyncio.run(patiently_async(lambda: False, 0.02))


@pytest.mark.usefixtures("unproved")
def test_patience_is_counted_in_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is stopped for an hour at one of its looks has missed that look only."""
    hours = iter(range(1000))
    monkeypatch.setattr(_patience.time, "monotonic", lambda: 3600.0 * next(hours))
    monkeypatch.setattr(_patience.time, "sleep", lambda _: None)
    looks = iter([False] * 20 + [True])
    assert patiently(lambda: next(looks), 1)


@pytest.mark.usefixtures("unproved")
def test_on_a_busy_machine_the_clock_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_patience, "Clock", lambda _: SimpleNamespace(seconds=lambda: 0.0))
    looks = iter([False] * 50 + [True])
    assert patiently(lambda: next(looks), 0.1)


def test_the_loop_goes_on_while_a_coroutine_is_patient() -> None:
    async def other(done: list[str]) -> bool:
        task = asyncio.get_running_loop().create_task(asyncio.sleep(0.01))
        task.add_done_callback(lambda _: done.append("done"))
        return await patiently_async(lambda: done)

    assert asyncio.run(other([]))


def test_what_is_seen_by_somebody_else_s_look_is_waited_for() -> None:
    seen = threading.Event()
    other = threading.Thread(target=lambda: patiently(lambda: seen.is_set() or seen.set()))
    other.start()
    assert patiently(seen.is_set)
    other.join()


def alone(program: str) -> list[str]:
    """What a program prints in a process of its own, in which nobody else could bring anything."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


@linux
def test_what_cannot_come_is_not_waited_for() -> None:
    program = f"""
import asyncio
from course.practice import patiently, patiently_async
print(patiently(lambda: False, {LONG}), asyncio.run(patiently_async(lambda: False, {LONG})))
"""
    assert alone(program) == ["False", "False"]


@linux
def test_who_waits_at_the_same_time_gives_up_in_turn() -> None:
    """The first to give up brings what the last one waits for, and the one between has less patience."""
    program = f"""
import asyncio, threading
from course.practice import patiently, patiently_async
seen = []
def first():
    patiently(lambda: False, {LONG})
    seen.append("first")
async def second():
    await patiently_async(lambda: False, 2 * {LONG})
    seen.append("second")
threads = [threading.Thread(target=first), threading.Thread(target=lambda: asyncio.run(second()))]
for each in threads:
    each.start()
print(patiently(lambda: "second" in seen, 3 * {LONG}), *seen)
"""
    assert alone(program) == ["True", "first", "second"]


@linux
def test_who_waits_within_a_wait_is_one() -> None:
    program = f"""
from course.practice import patiently
print(patiently(lambda: patiently(lambda: False, {LONG}), 2 * {LONG}))
"""
    assert alone(program) == ["False"]


@linux
def test_who_polls_is_waited_for() -> None:
    program = """
import threading, time
from course.practice import patiently
done = []
def poll():
    time.sleep(0.5)
    done.append(1)
threading.Thread(target=poll).start()
print(patiently(lambda: done, 60))
"""
    assert alone(program) == ["True"]
