"""Finds the facts, and measures each in a process of its own. Knows none of them by name."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import itertools
import multiprocessing
import os
import pkgutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from course.facts._fact import FAILS, HOLDS, Fact, Seen

RAISED, CRASHED, LATE, UNMEASURED = "raised", "crashed", "did not end", "not measured"

_AFTER = 10.0  # seconds after its deadline at which an experiment ends itself
_SAID = "said.txt"
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_PRELOADED = ["course.facts._experiments", "course.live.server"]


@dataclass(frozen=True)
class Measured:
    """The verdict on a fact here.

    It is "holds" or "fails"; "raised", "crashed" or "did not end" when the experiment had no answer; or "not
    measured", when an optional package is not installed that the fact names, or its server is not there.
    """

    fact: Fact
    verdict: str
    evidence: str
    seconds: float

    @property
    def surprise(self) -> bool:
        """Whether the verdict differs from the one that these versions should give."""
        return self.verdict != UNMEASURED and self.fact.expected not in (None, self.verdict)


class FactsError(Exception):
    """A fact is not declared correctly; the message says which."""


def find(package: str = "course.facts") -> list[Fact]:
    """Every fact of a package, in the order of their ids.

    Raises:
        FactsError: two facts have one id.
    """
    found = [fact for module in _modules(package) for fact in _facts_of(module)]
    for fact, other in itertools.pairwise(sorted(found, key=_order)):
        if fact.id == other.id:
            modules = f"{fact.measure.__module__} and {other.measure.__module__}"
            raise FactsError(f"The fact {fact.id} is there twice: in {modules}. Give one of them another id.")
    return sorted(found, key=_order)


def _order(fact: Fact) -> tuple[str, int, str]:
    """What ids are sorted by: F9 before F10, F23 before F23b."""
    letters = fact.id.rstrip("0123456789abcdefghijklmnopqrstuvwxyz")
    digits = "".join(itertools.takewhile(str.isdigit, fact.id[len(letters) :]))
    return letters, int(digits or 0), fact.id


def _modules(package: str) -> Iterator[str]:
    parent = importlib.import_module(package)
    for found in pkgutil.iter_modules(parent.__path__):
        if not found.name.startswith("_"):
            yield f"{package}.{found.name}"


def _facts_of(module: str) -> Iterator[Fact]:
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Fact) and value.measure.__module__ == module:
            yield value


def measure(
    facts: Sequence[Fact], jobs: int = 1, done: Callable[[Measured], object] = lambda _: None
) -> list[Measured]:
    """Measure facts, `jobs` of them at once; the results are in the order of `facts`.

    Args:
        facts: what to measure.
        jobs: how many processes to run side by side.
        done: called with each result as it comes, from several threads.
    """
    running: set[BaseProcess] = set()
    over = threading.Event()
    context = multiprocessing.get_context(_METHOD)
    if _METHOD == "forkserver":
        modules = sorted({fact.measure.__module__ for fact in facts})
        context.set_forkserver_preload([*_PRELOADED, *modules, "course.facts._prepared"])

    def one(fact: Fact) -> Measured:
        result = _measure(fact, running, over)
        done(result)
        return result

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        results = [pool.submit(one, fact) for fact in facts]
        try:
            return [result.result() for result in results]
        except BaseException:  # an interrupt, most of all: do not wait for what is running
            over.set()
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                _end(process)
            raise


def _measure(fact: Fact, running: set[BaseProcess], over: threading.Event) -> Measured:
    """Run the experiment, wait for its answer up to the deadline, and end whatever it has started."""
    if fact.missing:
        return Measured(fact, UNMEASURED, fact.missing, 0.0)
    context = multiprocessing.get_context(_METHOD)
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, receiver:
        arguments = (fact.measure.__module__, fact.id, fact.deadline, sender, folder)
        process = context.Process(target=_child, args=arguments, name=fact.id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        process.start()
        sender.close()
        running.add(process)
        if over.is_set():  # while it was started
            _end(process)
        try:
            if receiver.poll(fact.deadline):
                return Measured(fact, *receiver.recv())
            verdict, evidence = LATE, f"it had no answer after {fact.deadline:g} s, and was ended"
        except EOFError:
            process.join(5)
            verdict = CRASHED
            evidence = (
                f"its process ended with status {process.exitcode} before it had an answer; "
                f"its last words: {_last(folder)}"
            )
        finally:
            running.discard(process)
            _end(process)
    return Measured(fact, verdict, evidence, time.perf_counter() - started)


def _end(process: BaseProcess) -> None:
    """End an experiment and every process that it has left behind."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    process.join()


def _last(folder: str) -> str:
    """The last line that a process has printed."""
    try:
        lines = Path(folder, _SAID).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing")


def _child(module: str, id: str, deadline: float, sender: Connection, folder: str) -> None:
    """What an experiment's process does, from start to end; `folder` is its own, for what it writes."""
    if os.name == "posix":
        os.setsid()
    _print_to(Path(folder, _SAID))
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["TEMP"] = folder
    faulthandler.dump_traceback_later(deadline + _AFTER, exit=True)
    started = time.perf_counter()
    try:
        fact = next(fact for fact in _facts_of(module) if fact.id == id)
        seen = fact.measure()
        if not isinstance(seen, Seen):
            raise TypeError(f"the experiment returned {type(seen).__name__}, not Seen")
        answer = (HOLDS if seen.holds else FAILS, seen.evidence)
    except BaseException as error:
        traceback.print_exc()
        answer = (RAISED, _describe(error))
    sender.send((*answer, time.perf_counter() - started))
    sender.close()


def _print_to(path: Path) -> None:
    """What the experiment prints, and what C code prints in it, goes to a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.close(file)
    # the streams of a process that was forked may have been replaced
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _describe(error: BaseException) -> str:
    """An exception in one line, with the place in the course where it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).name != Path(__file__).name] or frames
    text = " | ".join(str(error).strip().splitlines())
    place = own[0]
    return f"{type(error).__name__}: {text} ({Path(place.filename).name}, line {place.lineno})"
