"""A deadline is about the program, not about the machine."""

import os
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

from course.practice import _clock
from course.practice._clock import Clock, _counts, _Reading, wait_fairly

Times = namedtuple("Times", ["user", "idle"])


@pytest.mark.parametrize(
    ("idle", "computed", "counts"),
    [
        pytest.param(10, 0, 10, id="waits on an idle machine"),
        pytest.param(10, 5, 10, id="computes now and then on an idle machine"),
        pytest.param(10, 10, 10, id="spins on an idle machine"),
        pytest.param(0, 10, 10, id="spins, and gets a processor for itself"),
        pytest.param(0, 25, 10, id="spins in several processes"),
        pytest.param(0, 7, 7, id="shares a processor"),
        pytest.param(0, 2, 2.5, id="shares a processor with many"),
        pytest.param(0, 0, 2.5, id="waits on a busy machine"),
    ],
)
def test_what_counts_of_ten_seconds(idle: float, computed: float, counts: float) -> None:
    assert _counts(_Reading(0, 100, 0), _Reading(10, 100 + idle, computed)) == counts


def test_where_nobody_knows_what_is_idle_every_second_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(0.0, 0.0))
    clock = Clock()
    time.sleep(_clock._LOOK_SECONDS)
    assert clock.seconds() >= _clock._LOOK_SECONDS


@pytest.fixture
def spinning() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) as process:
        yield process
        process.kill()


def test_what_child_processes_compute_is_the_programs_own(spinning: subprocess.Popen[bytes]) -> None:
    gone = SimpleNamespace(pid=2**22 + 1)
    alone = _clock._computed([])
    end = time.monotonic() + 20
    while _clock._computed([spinning, gone]) - time.process_time() < 0.05 and time.monotonic() < end:
        time.sleep(0.01)
    assert _clock._computed([spinning, gone]) - alone >= 0.05


def test_an_event_ends_the_waiting_at_once() -> None:
    event = threading.Event()
    threading.Timer(0.01, event.set).start()
    assert wait_fairly(event, 60)


def test_waiting_in_vain_takes_the_time() -> None:
    started = time.monotonic()
    assert not wait_fairly(threading.Event(), 0.5)
    assert time.monotonic() - started >= 0.45


def test_on_a_machine_that_is_never_idle_it_comes_to_an_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(0.0, 5.0))  # never idle from now on
    started = time.monotonic()
    assert not wait_fairly(threading.Event(), 0.3)
    assert time.monotonic() - started >= 0.6


def test_this_machine_tells_how_long_it_was_idle() -> None:
    assert _clock._idle() > 0 or os.name == "nt"


def test_the_time_in_which_the_process_was_stopped_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    stopped = clock._last._replace(at=clock._last.at + 100, idle=clock._last.idle + 100)
    monkeypatch.setattr(clock, "_read", lambda: stopped)
    monkeypatch.setattr(_clock.time, "monotonic", lambda: stopped.at)
    assert clock.seconds() < 1
