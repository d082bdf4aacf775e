"""Who takes part. Building is done by a function of the graph and the task; it returns what runs it.

Contenders that know how to pass results to dependants do so.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Annotated, Any, TypedDict

from benchmarks.shapes import Graph
from course.tasks import TaskManager

Task = Callable[..., Any]
Run = Callable[[], Awaitable[Any] | None]
THREADS = 8
_modules = itertools.count()


@dataclass(frozen=True)
class Contender:
    """One way to run a graph; `most` tasks at most, because it is slow or recursive."""

    name: str
    build: Callable[[Graph, Task], Run]
    tasks: tuple[str, ...] = ("noop", "once")
    most: int = 100_000


def course_tasks(graph: Graph, task: Task) -> Run:
    """Ours."""
    manager = TaskManager(max_threads=THREADS)
    for name, needs in graph.items():
        manager.add_task(name, task, needs)
    manager.resolve_dependencies()
    return manager.run


def loop_of_awaits(graph: Graph, task: Task) -> Run:
    """The floor: no graph, no results, no outcomes."""
    size = len(graph)

    async def run() -> None:
        for _ in range(size):
            await task()

    return run


def graphlib_alone(graph: Graph, task: Task) -> Run:
    """The other floor: the order is found and nothing is run. A sorter can be used once, so all is `run`."""

    def run() -> None:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        while sorter.is_active():
            for name in sorter.get_ready():
                sorter.done(name)

    return run


def graphlib_task_group(graph: Graph, task: Task) -> Run:
    """What the documentation of both modules leads to."""

    async def run() -> None:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        finished: asyncio.Queue[str] = asyncio.Queue()

        async def one(name: str) -> None:
            await task()
            finished.put_nowait(name)

        async with asyncio.TaskGroup() as group:
            while sorter.is_active():
                for name in sorter.get_ready():
                    group.create_task(one(name))
                sorter.done(await finished.get())
                while not finished.empty():
                    sorter.done(finished.get_nowait())

    return run


def task_per_node(graph: Graph, task: Task) -> Run:
    """One asyncio.Task for each, which awaits those that it depends on."""

    async def run() -> None:
        tasks: dict[str, asyncio.Task[Any]] = {}

        async def one(needs: list[str]) -> Any:
            return await task(*[await tasks[name] for name in needs])

        async with asyncio.TaskGroup() as group:
            for name, needs in graph.items():  # all shapes are in a right order already
                tasks[name] = group.create_task(one(needs))

    return run


def to_thread_per_node(graph: Graph, task: Task) -> Run:
    """The same with asyncio.to_thread."""

    async def in_thread(*results: Any) -> Any:
        return await asyncio.to_thread(task, *results)

    return task_per_node(graph, in_thread)


def graphlib_thread_pool(graph: Graph, task: Task) -> Run:
    """graphlib feeds an executor."""

    def run() -> None:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
        with ThreadPoolExecutor(THREADS) as pool:
            running: dict[Future[Any], str] = {}
            while sorter.is_active():
                for name in sorter.get_ready():
                    running[pool.submit(task)] = name
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    sorter.done(running.pop(future))

    return run


def aiodag(graph: Graph, task: Task) -> Run:
    """Each call makes a task that gathers its arguments; parameters must be named."""
    from aiodag import task as node

    async def none() -> None:
        await task()

    async def one(a: Any) -> None:
        await task()

    async def two(a: Any, b: Any) -> None:
        await task()

    async def three(a: Any, b: Any, c: Any) -> None:
        await task()

    nodes = [node(none), node(one), node(two), node(three)]

    async def run() -> None:
        made: dict[str, asyncio.Task[Any]] = {}
        for name, needs in graph.items():
            made[name] = nodes[len(needs)](*[made[need] for need in needs])
        await asyncio.gather(*made.values())

    return run


def hamilton(graph: Graph, task: Task) -> Run:
    """Functions whose parameters have the names of other functions."""
    from hamilton import ad_hoc_utils, async_driver, base

    lines = []
    for name, needs in graph.items():
        lines.append(
            f"async def {name}({', '.join(f'{need}: None' for need in needs)}) -> None:\n    await task()"
        )
    space: dict[str, Any] = {"task": task}
    exec("\n".join(lines), space)
    module = ad_hoc_utils.create_temporary_module(
        *(space[name] for name in graph), module_name=f"bench_{next(_modules)}"
    )
    needed = {need for needs in graph.values() for need in needs}
    ends = [name for name in graph if name not in needed]
    driver = async_driver.AsyncDriver({}, module, result_builder=base.DictResult())

    async def run() -> None:
        await driver.execute(ends)

    return run


def langgraph(graph: Graph, task: Task) -> Run:
    """A state machine; tasks of one layer run together."""
    from langgraph.graph import END, START, StateGraph

    class State(TypedDict):
        count: Annotated[int, lambda old, new: old + new]

    async def node(state: Any) -> dict[str, int]:
        await task()
        return {"count": 1}

    machine = StateGraph(State)
    needed = {need for needs in graph.values() for need in needs}
    for name, needs in graph.items():
        machine.add_node(name, node)
        machine.add_edge(needs if len(needs) > 1 else needs[0] if needs else START, name)
        if name not in needed:
            machine.add_edge(name, END)
    compiled = machine.compile()

    async def run() -> None:
        await compiled.ainvoke({"count": 0}, {"recursion_limit": len(graph) + 10})

    return run


def dask_threaded(graph: Graph, task: Task) -> Run:
    """Tuples of a function and the names of its arguments."""
    from dask import threaded

    tasks = {name: (task, *needs) for name, needs in graph.items()}
    needed = {need for needs in graph.values() for need in needs}
    ends = [name for name in graph if name not in needed]
    return lambda: threaded.get(tasks, ends, num_workers=THREADS) and None


OURS = "course.tasks"
FLOOR = "graphlib alone (runs nothing)"
NODE = "a Task per node"
GROUP = "graphlib + TaskGroup"
POOL = "graphlib + ThreadPoolExecutor"
THREAD = "asyncio.to_thread per node"
CONTENDERS = [
    Contender("loop of awaits (no graph)", loop_of_awaits),
    Contender(FLOOR, graphlib_alone, ("noop", "once", "sync")),
    Contender(OURS, course_tasks, ("noop", "once", "sync")),
    Contender(NODE, task_per_node),
    Contender(GROUP, graphlib_task_group),
    Contender("aiodag", aiodag, most=10_000),
    Contender("Hamilton AsyncDriver", hamilton, most=1_000),
    Contender("LangGraph", langgraph, most=1_000),
    Contender(POOL, graphlib_thread_pool, ("sync",), most=10_000),
    Contender(THREAD, to_thread_per_node, ("sync",), most=10_000),
    Contender("dask.threaded", dask_threaded, ("sync",), most=10_000),
]
