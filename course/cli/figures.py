"""Measure what the course promises: set-up, start, tests, notebooks under load, memory.

Everything runs as a learner would run it, in a fresh clone of the last commit where that matters.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator  # noqa: UP035  (parses and runs on 3.8)

from course import kernel
from course.cli import _install
from course.paths import ROOT, WORKSPACE_VARIABLE
from course.words import table


@dataclass(frozen=True)
class Value:
    """One measured value. ``goal`` is the highest acceptable value, where there is one."""

    what: str
    value: float
    unit: str
    goal: float | None = None

    def __str__(self) -> str:
        said = f"{self.what}: {self.value:.4g} {self.unit}".rstrip()
        if self.goal is None:
            return said
        goal = f"{self.goal:g} {self.unit}".rstrip()
        return f"{said}  (goal: at most {goal})"


_SERVER = """
import course
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def root() -> dict[str, int]:
    return {}
server = course.serve(app)
for _ in range(50):
    server.client.get("/")
"""


_CHECK = """
from fastapi import FastAPI
def build_ping(name):
    app = FastAPI()
    @app.get("/ping")
    def ping():
        return {"pong": name}
    return app
assert check("start.ping").passed
"""

_EMPTY = """
from dataclasses import replace
from course.practice import examine, find_exercise, lesson
def nothing(bench, **wanted):
    return {}
nothing.__module__ = "course.practice"
start = lesson("start_here")
exercise = replace(find_exercise("start.ping", start), check=nothing)
text = start.text.exercises["start.ping"]
"""


def first_start(_: argparse.Namespace) -> Iterator[Value]:
    """Fresh clone to JupyterLab answering: cold and warm cache, uv and pip."""
    for installer in ("uv", "pip"):
        with _clone() as clone:
            caches = {"UV_CACHE_DIR": str(clone.parent / "uv"), "PIP_CACHE_DIR": str(clone.parent / "pip")}
            env = {**_environment(clone), **caches, _install.CHOICE: installer}
            for cache in ("cold", "warm"):
                value = _seconds_to_answer([_install.base_python(), "-m", "course"], clone, env)
                yield Value(f"fresh clone to JupyterLab, {installer}, {cache} cache", value, "s")
                shutil.rmtree(clone / ".venv")


def second_start(_: argparse.Namespace) -> Iterator[Value]:
    """The best of three starts when everything is set up."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**_environment(ROOT), WORKSPACE_VARIABLE: folder}
        command = [_install.base_python(), "-m", "course"]
        times = [_seconds_to_answer(command, ROOT, env) for _ in range(4)]
        yield Value("second start to the first answer", min(times[1:]), "s", goal=3)


def memory(_: argparse.Namespace) -> Iterator[Value]:
    """Resident memory of a kernel."""
    with _kernel() as (execute, process):

        def megabytes() -> float:
            return float(process.memory_info().rss / 2**20)

        execute("pass")
        yield Value("memory of a bare kernel", megabytes(), "MiB")
        execute("from course import *")
        yield Value("memory of a kernel after import course", megabytes(), "MiB")
        execute(_SERVER)
        yield Value("memory of a kernel with a server up and 50 requests", megabytes(), "MiB", goal=100)


def checks(_: argparse.Namespace) -> Iterator[Value]:
    """What it costs that each check runs in a process of its own."""
    with _kernel() as (execute, process):

        def seconds(code: str) -> float:
            started = time.perf_counter()
            execute(code)
            return time.perf_counter() - started

        execute("from course import *")
        yield Value("first check in a fresh kernel", seconds(_CHECK), "s", goal=2)
        execute(_EMPTY)
        empty = [seconds("assert examine(exercise, start, text).passed") for _ in range(20)]
        yield Value("a check that does nothing", statistics.median(empty), "s", goal=0.15)
        family = [process, *process.children(recursive=True)]
        together = sum(each.memory_full_info().pss for each in family) / 1e6
        yield Value("memory of a kernel and its process for checks", together, "MB", goal=140)


def notebooks(_: argparse.Namespace) -> Iterator[Value]:
    """The notebook gate on all notebooks, each cell twice, and solved."""
    for how, arguments in (("serial", ["-n", "0"]), ("parallel", ["-n", "2"])):
        seconds, said, status = _pytest("notebooks", *arguments)
        yield Value(f"notebook gate, {how} ({_passed(said)} cells passed)", seconds, "s")
        yield Value(f"notebook gate, {how}: exit status", status, "", goal=0)


def faults(_: argparse.Namespace) -> Iterator[Value]:
    """How many planted faults the gate sees."""
    said = _pytest("tests/test_notebooks/test_faults.py", "-n", "0")[1]
    caught, planted = (
        int(number) for number in re.findall(r"planted faults: (\d+) caught of (\d+)", said)[-1]
    )
    yield Value("faults planted", planted, "")
    yield Value("faults caught", caught, "")
    yield Value("faults missed", planted - caught, "", goal=0)


def tests(_: argparse.Namespace) -> Iterator[Value]:
    """The whole test command, set up already."""
    started = time.perf_counter()
    command = [_install.base_python(), "-m", "course", "test", "-q"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(ROOT), capture_output=True, check=False)
    seconds = time.perf_counter() - started
    yield Value(
        f"whole test run ({_passed(done.stdout.decode('utf-8', 'replace'))} passed)", seconds, "s", goal=300
    )
    yield Value("whole test run: exit status", done.returncode, "", goal=0)


def load(args: argparse.Namespace) -> Iterator[Value]:
    """Runs of the notebook gate in a row beside two busy processes."""
    from course.publish import stability

    found = stability(args.runs)
    yield Value("notebook runs in a row beside two busy processes", len(found.runs), "")
    yield Value("of these failed", found.failures, "", goal=0)
    for cell, count in found.failed_cells.items():
        yield Value(f"runs in which this failed: {cell}", count, "", goal=0)


def board(args: argparse.Namespace) -> Iterator[Value]:
    """The class board under load, and killed under load."""
    from course.classroom import load

    seconds = 600 if args.full else 30
    class_of = f"{args.learners} learners"
    for what, kills in ((class_of, 0), (f"{class_of}, board and learners killed", 20 if args.full else 3)):
        found = load.measure(args.learners, 20, seconds, kills, url=args.database)
        for said, value, unit, goal in load.lines(found):
            yield Value(f"{what}: {said}", value, unit, goal if not kills or unit == "" else None)
    waited = load.crowd(900, 20)
    yield Value("a join beside 900 idle connections and 20 pages that do not read", waited, "s", goal=1)


def _environment(root: Path) -> dict[str, str]:
    """This process's variables without what ties it to its own environment and workspace."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("COURSE_", "JUPYTER"))}
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # learners have no such thing, and it slows down every start
    inside = str(Path(sys.prefix))
    folders = [part for part in env.get("PATH", "").split(os.pathsep) if not part.startswith(inside)]
    return {**env, "PATH": os.pathsep.join(folders), "PYTHONUTF8": "1", "PWD": str(root)}


@contextlib.contextmanager
def _clone() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "Ein Ordner für 学习"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        yield clone


def _seconds_to_answer(command: list[str], root: Path, env: dict[str, str]) -> float:
    """From the command to the first page that JupyterLab serves; then stop it."""
    started = time.perf_counter()
    with subprocess.Popen(
        [*command, "start", "--no-browser"],
        cwd=root,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            address = re.search(r"http://127\S+", line)
            if address:
                urllib.request.urlopen(address.group(0), timeout=60).close()
                seconds = time.perf_counter() - started
                process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
                process.stdout.read()
                return seconds
    raise RuntimeError("JupyterLab did not start:\n" + "".join(said))


def _pytest(*arguments: str) -> tuple[float, str, int]:
    """Seconds, output and exit status of a quiet pytest run in the checkout."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    return time.perf_counter() - started, done.stdout.decode("utf-8", "replace"), done.returncode


def _passed(said: str) -> int:
    found = re.findall(r"(\d+) passed", said)
    return int(found[-1]) if found else 0


@contextlib.contextmanager
def _kernel() -> Iterator[tuple[Any, Any]]:
    """A kernel: a function that runs code in it, and its process."""
    psutil: Any = importlib.import_module("psutil")  # comes with ipykernel; it has no types
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        manager, client = kernel.started(env={**os.environ, WORKSPACE_VARIABLE: folder}, cwd=folder)
        try:
            assert manager.provisioner is not None
            process = psutil.Process(manager.provisioner.pid)  # type: ignore[attr-defined]

            def execute(code: str) -> None:
                reply = client.execute_interactive(code, timeout=60, silent=True)
                if reply["content"]["status"] != "ok":
                    raise RuntimeError(reply["content"]["evalue"])

            yield execute, process
        finally:
            kernel.end(manager, client)


@dataclass(frozen=True)
class Figure:
    """Something that can be measured."""

    what: str
    takes: str
    measure: Callable[[argparse.Namespace], Iterator[Value]]


def _figures() -> dict[str, Figure]:
    return {
        "first-start": Figure(
            "fresh clone to JupyterLab answering, with uv and with pip", "3 min", first_start
        ),
        "second-start": Figure("start to the first answer when all is set up", "5 s", second_start),
        "memory": Figure("a kernel: bare, with the course, with a server", "10 s", memory),
        "checks": Figure("a check in its own process: the first, what it adds, memory", "10 s", checks),
        "notebooks": Figure("the notebook gate, serial and parallel", "2 min", notebooks),
        "faults": Figure("planted faults caught / planted", "1 min", faults),
        "tests": Figure("the whole test command", "5 min", tests),
        "board": Figure("the class board: 500 learners, 20 pages, kills", "2 min", board),
        "load": Figure("notebook runs in a row beside two busy processes", "20 min", load),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``figures``."""
    parser.add_argument("names", nargs="*", metavar="name", help="what to measure (default: everything)")
    parser.add_argument("--list", action="store_true", help="list what can be measured and how long it takes")
    parser.add_argument("--json", action="store_true", help="print one JSON object per value")
    parser.add_argument("--full", action="store_true", help="'board' for 10 minutes each, with 20 kills")
    parser.add_argument(
        "--database", metavar="URL", help="'board' with this database, such as postgresql://…"
    )
    parser.add_argument(
        "--learners", type=int, default=500, metavar="N", help="learners of 'board' (default: 500)"
    )
    parser.add_argument("--runs", type=int, default=20, metavar="N", help="runs of 'load' (default: 20)")


def run(args: argparse.Namespace) -> int:
    """Measure and print each value as it comes; the exit status is 1 if a goal is missed."""
    figures = _figures()
    unknown = [name for name in args.names if name not in figures]
    if args.list or unknown:
        rows = [(name, figure.takes, figure.what) for name, figure in figures.items()]
        print(table(rows, ("figure", "takes", "what")))
        return 2 if unknown else 0
    missed = False
    for name in args.names or figures:
        for value in figures[name].measure(args):
            print(json.dumps(_as_dict(name, value)) if args.json else value, flush=True)
            missed |= value.goal is not None and value.value > value.goal
    return int(missed)


def _as_dict(name: str, value: Value) -> dict[str, Any]:
    return {"figure": name, **vars(value)}
