"""What tests need of the processes in which checks run."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from course.practice import Result, _bench, _clock, _isolated, bank, examine, find_exercise, lesson
from course.practice._worker import marked


def impatient(check: Callable[..., Any], seconds: float = 0.5, longest: float = 0) -> Callable[..., Any]:
    """The check with a bench that waits for so many seconds, in the process in which it runs.

    With ``longest`` it is a part that may take so long.
    """

    def run(bench: Any, build_register: Any) -> Any:
        _bench.CALL_SECONDS = seconds  # type: ignore[assignment]
        _bench.ANSWER_SECONDS = seconds  # type: ignore[assignment]
        _clock._idle = lambda: 0.0  # every second counts, whatever the machine does
        if longest:
            bench.begin_part(longest)
        return check(bench, build_register)

    run.__module__ = check.__module__
    return run


def run(
    build: Any,
    deadline: float = 8,
    threads: int = 64,
    *,
    patient: bool = False,
    seconds: float = 0.5,
    longest: float = 0,
    check: Any = None,
) -> Result:
    """What the rehearsal's check finds, or another check."""
    found = lesson("rehearsal")
    exercise = find_exercise("demo.welcome", found)
    check = check or exercise.check
    if not patient:
        check = impatient(check, seconds, longest)
    changed = replace(exercise, deadline=deadline, threads=threads, check=check)
    return examine(changed, found, found.text.exercises["demo.welcome"], [build])


def the_next_check_is_fine() -> bool:
    programs = bank.programs(lesson("rehearsal"), "demo.welcome")
    return next(program for program in programs if program.name == "right_reference").check().passed


def processes() -> list[psutil.Process]:
    """Those that a keeper of this process has started, without itself and without the runner that waits."""
    keeper = _isolated._keeper
    if keeper is None:
        return []
    found = [each for each in marked(keeper.folder) if each.pid != keeper.process.pid]
    if keeper.method == "fork":
        return found
    own = _command(psutil.Process(keeper.process.pid))  # which the next runner has until it is one
    return [each for each in found if "run_one" not in (said := _command(each)) and said != own]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@contextmanager
def nothing_is_left(tmp: Path) -> Iterator[None]:
    """No process, thread, descriptor or file more than before."""
    threads, descriptors = set(threading.enumerate()), _descriptors()
    yield
    assert processes() == []
    assert [each for each in psutil.Process().children() if each.status() == psutil.STATUS_ZOMBIE] == []
    assert set(threading.enumerate()) <= threads
    assert _descriptors() <= descriptors
    keepers = {_isolated._keeper.folder} if _isolated._keeper else set()
    assert {str(each) for each in tmp.glob("course-check-*")} == keepers
    for folder in keepers:
        assert list(Path(folder).iterdir()) == []


def _descriptors() -> int:
    if os.name != "posix":
        return 0
    return int(psutil.Process().num_fds()) - (_isolated._keeper is not None)  # its socket
