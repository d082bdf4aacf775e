"""What a seat costs: seconds to start, and memory. Run it by hand on a quiet machine.

PYTHONPATH=. .venv/bin/python -m tests.deploy.measure 20             as deploy/ configures it
PYTHONPATH=. .venv/bin/python -m tests.deploy.measure 20 --defaults  with JupyterHub's own limits
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.deploy.hub import Hub, Seat, running

_DEFAULTS = """
c.JupyterHub.concurrent_spawn_limit = 100
c.Spawner.start_timeout = 60
c.Spawner.http_timeout = 30
"""

_LESSON = "01_after_the_response.ipynb"


def main() -> None:
    """Start the seats of a class at once; of the first, open three lessons one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seats", type=int)
    parser.add_argument("--defaults", action="store_true")
    args = parser.parse_args()
    config = _DEFAULTS if args.defaults else ""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        running(Path(folder), more_config=config) as hub,
    ):
        seats = _start_all(hub, [f"learner{number}" for number in range(args.seats)])
        print(f"processor time of a start: {_middle([_processor(seat) for seat in seats]):.1f} s")
        print(f"a server without a kernel: {_middle([_memory(seat) for seat in seats]):.0f} MB")
        for lesson in sorted(seats[0].home.rglob("0[167]_*.ipynb")):
            before = _memory(seats[0])
            _run_all(seats[0], lesson.name)
            print(f"{lesson.name}, all cells run: {_memory(seats[0]) - before:.0f} MB more")
        print(f"the seat then: {_memory(seats[0]):.0f} MB; the hub: {_of(hub.process.pid):.0f} MB")


def _start_all(hub: Hub, names: list[str]) -> list[Seat]:
    begun = time.perf_counter()

    def start(name: str) -> tuple[Seat | None, float]:
        try:
            return hub.start(name), time.perf_counter() - begun
        except AssertionError as error:
            print(f"{name}: {str(error)[:200]}")
            return None, time.perf_counter() - begun

    with ThreadPoolExecutor(len(names)) as pool:
        started = list(pool.map(start, names))
    seconds = [taken for seat, taken in started if seat]
    seats = [seat for seat, _ in started if seat]
    print(f"{len(seats)} of {len(names)} seats ready; {time.perf_counter() - begun:.0f} s for all")
    if seconds:
        print(f"first {min(seconds):.1f} s, middle {_middle(seconds):.1f} s, last {max(seconds):.1f} s")
    return seats


def _run_all(seat: Seat, lesson: str) -> None:
    notebook = seat.open(lesson)
    for source in notebook.code:
        notebook.run(source)
    notebook.close()


def _memory(seat: Seat) -> float:
    """MB of the seat's server and everything that it started; shared pages are shared out."""
    return sum(_of(process.pid) for process in _processes(seat))


def _processor(seat: Seat) -> float:
    """Seconds of a processor that the seat has used."""
    return sum(sum(process.cpu_times()[:2]) for process in _processes(seat))


def _processes(seat: Seat) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _serves(process, seat)]


def _serves(process: psutil.Process, seat: Seat) -> bool:
    try:
        return process.environ().get("JUPYTERHUB_USER") == seat.name
    except psutil.Error:
        return False


def _of(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_full_info().pss) / 1e6
    except psutil.Error:
        return 0.0


def _middle(values: list[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    main()
