"""What Python's own sorter does with a graph, and Starlette with what a task returns."""

import itertools
from graphlib import CycleError, TopologicalSorter

from fastapi import BackgroundTasks, FastAPI

from course.facts import Seen, fact
from course.facts._experiments import in_order, quiet_client, saw


@fact("A4", "What a task returns is dropped: the next one gets what it was added with, and nothing else.")
def results_are_dropped() -> Seen:
    """A task that returns something, and one behind it that takes anything."""
    app, log = FastAPI(), list[str]()

    def first() -> str:
        log.append("first")
        return "the result"

    def second(*args: object, **kwargs: object) -> None:
        log.append(f"second with {args} and {kwargs}")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(first)
        tasks.add_task(second)

    quiet_client(app).get("/")
    return in_order(log, "first", "second with () and {}")


@fact("G1", "graphlib names a cycle by its path, from what comes before to what comes after, and back.")
def cycle_by_its_path() -> Seen:
    """A cycle of three, and one behind it. The dictionary says what a task waits for."""
    after = {"charge": ["invoice"], "invoice": ["pack"], "pack": ["charge"], "mail": ["pack"]}
    try:
        list(TopologicalSorter(after).static_order())
    except CycleError as error:
        path = error.args[1]
        steps = itertools.pairwise(path)
        arrows = all(earlier in after[later] for earlier, later in steps)
        return Seen(arrows and path[0] == path[-1] and len(path) == 4, " -> ".join(path))
    return Seen(False, "it found no cycle")


@fact("G2", "graphlib takes a misspelt name for a task of its own, and the arrow that was meant is gone.")
def misspelt_name() -> Seen:
    """`ship` waits for `pakc`; the slow `pack` comes when it likes."""
    sorter = TopologicalSorter({"pack": ["reserve"], "ship": ["pakc"]})
    sorter.prepare()
    first = set(sorter.get_ready())
    sorter.done("pakc")
    return saw(
        {
            "pakc is ready as a task": first == {"pakc", "reserve"},
            "ship is ready without pack": sorter.get_ready() == ("ship",),
        }
    )
