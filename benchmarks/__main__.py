"""Measure: ``python -m benchmarks`` takes about a minute; ``--full`` takes its time.

The contenders take turns, every one on a fresh graph, so that a slow moment of the machine hits all; the
tables show medians. ``--full`` has larger graphs, the slow contenders at every size, and nine rounds instead
of as many as fit into the time. Contenders that are not installed are left out (``pip install .[bench]``
brings them).
"""

import argparse
import asyncio
import contextlib
import gc
import inspect
import math
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from benchmarks import contenders as c
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.features import measure_features, print_features
from benchmarks.shapes import SHAPES, TASKS, Graph

SLOW = {
    "Hamilton AsyncDriver": "hamilton",
    "LangGraph": "langgraph",
    "aiodag": "aiodag",
    "dask.threaded": "dask",
}
Times = dict[
    tuple[str, int, str, str], tuple[float, float]
]  # task, size, shape, contender: build and run, µs


async def once(
    contender: Contender, graph: Graph, task: str, clock: Callable[[], float]
) -> tuple[float, float]:
    """Microseconds per task for building and for running."""
    gc.collect()
    if (
        len(graph) > 10 and contender.name not in SLOW
    ):  # a first small one, so that all begin with their code in the processor's caches
        await once(contender, SHAPES["chain"](10), task, clock)
    began = clock()
    run = contender.build(graph, TASKS[task])
    built = clock()
    running = run()
    if inspect.isawaitable(running):
        await running
    ended = clock()
    return (built - began) / len(graph) * 1e6, (ended - built) / len(graph) * 1e6


def taking_part(task: str, size: int, *, hasty: bool = False) -> Iterator[Contender]:
    """Those who can do this and are installed; in haste the slow ones have small graphs only."""
    for contender in CONTENDERS:
        module = SLOW.get(contender.name)
        if module and hasty and size > 100:
            continue
        if task in contender.tasks and size <= contender.most and (module is None or find_spec(module)):
            yield contender


async def measure(
    tasks: list[str],
    sizes: list[int],
    rounds: int,
    clock: Callable[[], float],
    seconds: float = math.inf,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Times:
    """The medians of `rounds` rounds after one that warms up; of fewer if no more fit into `seconds`.

    Calls `progress` with the number of measurements that are done, how many there are, and what comes next.
    """
    for module in SLOW.values():
        with contextlib.suppress(ImportError):
            import_module(module)
    graphs = {(size, shape): make(size) for size in sizes for shape, make in SHAPES.items()}
    gc.collect()
    gc.freeze()  # what is imported is no garbage, whoever imported it, and the graphs are none
    plan = [
        (turn, task, size, shape, contender)
        for turn in range(rounds + 1)
        for task in tasks
        for size, shape in graphs
        for contender in taking_part(task, size, hasty=seconds < math.inf)
        if takes_turn(contender, size, turn, rounds)
    ]
    found: dict[tuple[str, int, str, str], list[tuple[float, float]]] = {}
    began = time.monotonic()
    last = 0
    for done, (turn, task, size, shape, contender) in enumerate(plan):
        if turn != last:
            if turn > 1 and (time.monotonic() - began) * (turn + 1) / turn > seconds:
                break
            last = turn
        progress(done, len(plan), f"{task}, N = {size:,}")
        times = await once(contender, graphs[size, shape], task, clock)
        if turn:
            found.setdefault((task, size, shape, contender.name), []).append(times)
    progress(len(plan), len(plan), "")
    return {
        key: (statistics.median(b for b, _ in times), statistics.median(r for _, r in times))
        for key, times in found.items()
    }


def takes_turn(contender: Contender, size: int, turn: int, rounds: int) -> bool:
    """Not all in every round: some would take most of the time."""
    if contender.name in SLOW and size > 10:
        return turn == 1
    return size < 100_000 or turn <= max(rounds // 3, 1)


async def memory(
    size: int,
    *,
    hasty: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> dict[str, float]:
    """KiB per task at the peak of building and running a layered graph."""
    graph, found = SHAPES["layered"](size), {}
    contenders = list(taking_part("noop", size, hasty=hasty))
    for done, contender in enumerate(contenders):
        progress(done, len(contenders), f"memory of {contender.name}")
        await once(contender, SHAPES["layered"](10), "noop", time.perf_counter)
        gc.collect()
        tracemalloc.start()
        await once(contender, graph, "noop", time.perf_counter)
        found[contender.name] = tracemalloc.get_traced_memory()[1] / size / 1024
        tracemalloc.stop()
    return found


def table(title: str, times: Times, task: str, show: Callable[[float, float], float]) -> None:
    """Print chain/wide/layered for each size."""
    sizes = sorted({size for kind, size, *_ in times if kind == task})
    print(f"\n{title}\n\n| | " + " | ".join(f"N = {size:,}" for size in sizes) + " |")
    print("|---" * (len(sizes) + 1) + "|")
    for contender in CONTENDERS:
        cells = []
        for size in sizes:
            values = [times.get((task, size, shape, contender.name)) for shape in SHAPES]
            cells.append(
                "–" if None in values else " / ".join(f"{show(*value):.3g}" for value in values if value)
            )
        if any(cell != "–" for cell in cells):
            print(f"| {contender.name} | " + " | ".join(cells) + " |")


def goals(times: Times, kib: dict[str, float]) -> None:
    """Say which goals are met, with the worst case of each."""

    def worst(task: str, least: int, ours: Callable[..., float], other: str, factor: float) -> str:
        ratios = [
            (
                ours(*times[task, size, shape, c.OURS]) / sum(times[task, size, shape, other]) / factor,
                size,
                shape,
            )
            for kind, size, shape, name in times
            if kind == task and name == other and size >= least
        ]
        if not ratios:
            return "not measured"
        ratio, size, shape = max(ratios)
        return f"{'met' if ratio <= 1 else 'MISSED'}, at most {ratio:.2f} of it ({shape}, N = {size:,})"

    def both(build: float, run: float) -> float:
        return build + run

    def run_only(build: float, run: float) -> float:
        return run

    print("\n| goal | |\n|---|---|")
    for text, *what in [
        ("no-op, build + run below a Task per node, N ≥ 100", "noop", 100, both, c.NODE, 1),
        ("no-op, build + run below 1.5 × graphlib alone, N ≥ 1,000", "noop", 1000, both, c.FLOOR, 1.5),
        ("no-op, run of a built graph below graphlib alone, N ≥ 1,000", "noop", 1000, run_only, c.FLOOR, 1),
        (
            "no-op, build + run at most a third of graphlib + TaskGroup, N ≥ 100",
            "noop",
            100,
            both,
            c.GROUP,
            1 / 3,
        ),
        ("tasks that wait, build + run not above a Task per node, N ≥ 100", "once", 100, both, c.NODE, 1),
        ("sync, build + run below graphlib + ThreadPoolExecutor, N ≥ 100", "sync", 100, both, c.POOL, 1),
        ("sync, build + run at most a tenth of to_thread, N ≥ 1,000", "sync", 1000, both, c.THREAD, 0.1),
    ]:
        print(f"| {text} | {worst(*what)} |")  # type: ignore[arg-type]
    for shape in SHAPES:
        small, large = (times.get(("noop", size, shape, c.OURS)) for size in (1000, 100_000))
        if small and large:
            print(
                f"| linear to 100,000: {shape} | {sum(large) / sum(small):.2f} × the time per task at 1,000 |"
            )
    if c.OURS in kib:
        print(
            f"| at most 1 KiB per task | {'met' if kib[c.OURS] <= 1 else 'MISSED'}, {kib[c.OURS]:.2f} KiB |"
        )


@contextlib.contextmanager
def shown_progress() -> Iterator[Callable[[int, int, str], None]]:
    """Show on stderr what is measured: a bar in a terminal, a line for each stage elsewhere."""
    console = Console(stderr=True)
    columns = BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    said = set()
    # No thread of its own that draws: the processor's time would count it.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bars:
        bar = bars.add_task("")

        def progress(done: int, total: int, what: str) -> None:
            bars.update(bar, completed=done, total=total, description=what, refresh=console.is_terminal)
            if not console.is_terminal and what not in said:
                said.add(what)
                print(what, file=sys.stderr, flush=True)

        yield progress


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--clock", choices=("cpu", "wall"), default="cpu", help="cpu does not count neighbours"
    )
    parser.add_argument("--full", action="store_true", help="larger graphs and nine rounds: minutes")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, help="of the graphs")
    parser.add_argument("--features", action="store_true", help="only what each feature costs")
    options = parser.parse_args()
    clock = time.process_time if options.clock == "cpu" else time.perf_counter
    sizes = options.sizes or [10, 100, 1000, *([10_000, 100_000] if options.full else [])]
    rounds, seconds = (9, math.inf) if options.full else (5, 60)
    with shown_progress() as progress:
        if not options.features:
            times = asyncio.run(measure(options.tasks, sizes, rounds, clock, seconds, progress))
            kib = {}
            if "noop" in options.tasks:
                kib = asyncio.run(memory(10_000, hasty=not options.full, progress=progress))
        costs = asyncio.run(measure_features(clock, rounds, progress))
    if not options.features:
        kinds = {
            "noop": "async tasks that do nothing",
            "once": "async tasks that wait once",
            "sync": "sync tasks",
        }
        print(f"µs of {options.clock} time per task, medians; chain / wide / layered")
        for task in options.tasks:
            table(f"**{kinds[task]}: build + run**", times, task, lambda build, run: build + run)
            table(f"**{kinds[task]}: run of a graph that is built**", times, task, lambda build, run: run)
        print("\n| KiB per task, layered, N = 10,000 | |\n|---|---|")
        for name, value in kib.items():
            print(f"| {name} | {value:.2f} |")
        goals(times, kib)
    print_features(*costs)


if __name__ == "__main__":
    main()
