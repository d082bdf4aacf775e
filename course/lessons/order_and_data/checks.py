"""What the exercises of lesson 04 ask of a program: what it does, never how it is written."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette

from course.lessons.order_and_data import fulfilment, parcel
from course.lessons.order_and_data._probe import (
    CIRCLES,
    FREE,
    PATIENCE,
    SHOP,
    Probe,
    in_words,
    result_of,
    taken,
)
from course.lessons.order_and_data.hostile import Graph, before, hostile_orders
from course.lessons.order_and_data.worked import TaskManager
from course.live import Gate, Server
from course.practice import Bench, BlankTouched, NotYet, exercise

LIMIT = 2
"""How many tasks may run at once in the check of `run_limited`."""


# ---- the chain and the diamond -------------------------------------------------------------------


@exercise("order.one-task", wants=("build_data",))
def check_one_task(bench: Bench, build_data: Callable[..., Any]) -> None:
    """Processed after the response and off the event loop; saved with the result of its own request."""
    began: list[tuple[float, bool]] = []  # when, and whether on the event loop
    saved: list[Any] = []
    loops: list[asyncio.AbstractEventLoop] = []
    meeting, held = threading.Barrier(2), threading.Event()

    def hold() -> None:
        """Keep the event loop from starting anything until both have put their result where they put it."""
        held.set()
        time.sleep(0.05)

    def process_data(raw: dict[str, str]) -> str:
        began.append((time.perf_counter(), _on_loop()))
        if len(began) > 1:  # the two customers that come together
            with contextlib.suppress(threading.BrokenBarrierError):
                if meeting.wait(PATIENCE) == 0:
                    loops[0].call_soon_threadsafe(hold)
                held.wait(PATIENCE)
        return f"cleaned {raw['name'].strip()}"

    def save_data(cleaned: Any) -> None:
        saved.append(taken(cleaned))

    app = bench.call(build_data, process_data, save_data)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        loops.append(asyncio.get_running_loop())
        await app(scope, receive, send)

    with bench.serve(watched if isinstance(app, Starlette) else app, name="build_data") as server:
        bench.expect(server.client.post("/data", json={"name": " Ada "}), 202)
        server.settle()
        _look_at_first(began, saved, server)
        replies = [server.submit("POST", "/data", json={"name": name}) for name in ("Bob", "Cleo")]
        for reply in replies:
            bench.expect(reply.result(), 202)
        server.settle()
    if sorted(map(str, saved[1:])) != ["cleaned Bob", "cleaned Cleo"]:
        raise NotYet("mixed-up", got=in_words(*saved[1:]))


def _look_at_first(began: list[tuple[float, bool]], saved: list[Any], server: Server) -> None:
    """What became of the first customer's data."""
    for at, on_loop in began:
        if at < server.timeline.end("response#1"):
            raise NotYet("blocks-everybody" if on_loop else "in-request")
        if on_loop:
            raise NotYet("blocks-the-loop")
    if saved and not began:
        raise NotYet("saved-raw", got=in_words(*saved))
    if server.errors:
        raise NotYet("task-failed", error=_short(server.errors[0]))
    if not began:
        raise NotYet("never-ran")
    if len(began) > 1:
        raise NotYet("twice", count=len(began))
    if not saved:
        raise NotYet("not-saved")
    if saved != ["cleaned Ada"]:
        raise NotYet("saved-raw", got=in_words(*saved))


@exercise("order.diamond", wants=("diamond",))
def check_diamond(bench: Bench, diamond: Callable[..., Any]) -> None:
    """clean in a thread while count is on the loop, both with the rows; save with both results, once."""
    probe = Probe(
        {"load": [], "clean": ["load"], "count": ["load"], "save": ["clean", "count"]},
        sync={"clean"},
        slow="save",
    )
    probe.meet("clean", "count")
    bench.run(diamond, *(probe.tasks[name] for name in ("load", "clean", "count", "save")))
    for name in ("clean", "count", "save"):
        if not probe.given[name]:
            raise NotYet("left-out", name=name)
        if len(probe.given[name]) > 1:
            raise NotYet("twice", name=name, count=len(probe.given[name]))
        if name != "save" and probe.given[name][0] != (result_of("load"),):
            raise NotYet("rows", name=name, got=in_words(*probe.given[name][0]))
    if probe.on_loop["clean"]:
        raise NotYet("blocks-the-loop")
    if probe.alone:
        first, second = sorted(("clean", "count"), key=lambda name: probe.started(name))
        raise NotYet("one-after-the-other", first=first, second=second)
    if probe.given["save"][0] != (result_of("clean"), result_of("count")):
        raise NotYet("wrong-arguments", got=in_words(*probe.given["save"][0]))
    if not probe.has_ended("save"):
        raise NotYet("save-not-awaited")


# ---- graphs to mend ------------------------------------------------------------------------------


@exercise("order.repair", wants=("repaired",))
def check_repair(bench: Bench, repaired: Callable[..., Any]) -> None:
    """No circle; every task after what it reads, and after nothing else."""
    reads = {name: list(inspect.signature(getattr(parcel, name)).parameters) for name in parcel.AFTER}
    graph = _graph(bench.call(repaired), parcel.AFTER)
    for task in graph:
        for read in reads[task]:
            if read not in before(graph, task):
                raise NotYet("reads-too-early", task=task, read=read)
    _look_for_needless(graph, reads)


@exercise("order.missing-edge", wants=("mended",))
def check_missing_edge(bench: Bench, mended: Callable[..., Any]) -> dict[str, Any]:
    """No hostile order fails, and what was parallel and may be is still parallel."""
    graph = _graph(bench.call(mended), fulfilment.AFTER)
    orders = hostile_orders(graph)
    for order in orders or [list(graph)]:
        tasks = fulfilment.Order().tasks()
        for name in order:
            try:
                tasks[name]()
            except KeyError as error:
                raise NotYet("still-fails", order=", ".join(order), task=name, error=repr(error)) from None
    needed = {**fulfilment.AFTER, "label": ["pack", "find_address"], "mail": ["ship", "invoice"]}
    _look_for_needless(graph, needed)
    return {"orders": len(orders)}


def _look_for_needless(graph: Graph, needed: Graph) -> None:
    """No task waits for one that it does not need, directly or not."""
    for task in graph:
        for other in sorted(before(graph, task) - before(needed, task)):
            raise NotYet("needless", task=task, other=other)


def _graph(given: Any, names: Graph) -> Graph:
    """What the learner returned, if it is a graph of exactly these tasks and without a circle."""
    if not isinstance(given, Mapping):
        raise NotYet("not-a-graph", got=type(given).__name__)
    for name, needs in given.items():
        if not _can_be_listed(needs):
            raise NotYet("not-a-list", task=name, got=repr(needs))
    graph = {str(name): [str(need) for need in needs] for name, needs in given.items()}
    for name in (*names, *graph, *itertools.chain(*graph.values())):
        if name not in names or name not in graph:
            raise NotYet("other-tasks", name=name)
    graph = {name: graph[name] for name in names}
    if path := _circle(graph):
        raise NotYet("circle", path=" -> ".join(path))
    return graph


def _circle(graph: Graph) -> list[str]:
    return list(_manager(graph).find_cycle())


# ---- the task manager, method by method ----------------------------------------------------------


@exercise("order.add-task", wants=("add_task",))
def check_add_task(bench: Bench, add_task: Callable[..., Any]) -> None:
    """Remembered with its own list of names; a name that is taken is refused, and nothing changes."""
    _no_coroutine(add_task)
    spies = {name: bench.spy(name) for name in ("reserve", "mail", "charge", "again")}
    manager, needs = TaskManager(), ["reserve", "ship"]
    bench.run(add_task, manager, "reserve", spies["reserve"])
    error = _error_of(bench, add_task, manager, "mail", spies["mail"], needs)
    if error is not None:
        raise NotYet("looked-up-too-early", error=_short(error))
    bench.run(add_task, manager, "charge", spies["charge"], ("reserve",))
    for name, expected in {"reserve": [], "mail": ["reserve", "ship"], "charge": ["reserve"]}.items():
        _look_at_entry(manager, name, spies[name].function, spies[name].called, expected)
    needs.append("changed later")
    if "changed later" in manager.tasks["mail"].depends_on:
        raise NotYet("shared-list")
    error = _error_of(bench, add_task, manager, "charge", spies["again"], ["mail"])
    replaced = manager.tasks["charge"].task is not spies["charge"].function
    if error is None:
        raise NotYet("replaced" if replaced else "dropped")
    if replaced:
        raise NotYet("replaced-and-refused")
    if "charge" not in str(error):
        raise NotYet("unnamed", error=_short(error))


def _look_at_entry(manager: Any, name: str, task: object, called: bool, needs: list[str]) -> None:
    if called:
        raise NotYet("called", name=name)
    entry = manager.tasks.get(name) if isinstance(manager.tasks, dict) else None
    if entry is None or not hasattr(entry, "task") or not hasattr(entry, "depends_on"):
        raise NotYet("not-remembered", name=name)
    if entry.task is not task:
        raise NotYet("wrong-task", name=name)
    if list(entry.depends_on) != needs:
        raise NotYet("wrong-dependencies", name=name, got=list(entry.depends_on), wanted=needs)


@exercise("order.check-names", wants=("check_names",))
def check_check_names(bench: Bench, check_names: Callable[..., Any]) -> None:
    """Every unknown name is refused wherever it stands, with who waits for it; nothing else is."""
    _no_coroutine(check_names)
    for graph in (*FREE, CIRCLES[0]):
        error = _error_of(bench, check_names, _manager(graph))
        if error is not None:
            raise NotYet("refuses-known", graph=_drawn(graph), error=_short(error))
    for task, known in itertools.product(("reserve", "ship", "mail"), ([], ["pack"])):
        needs = [*known, "pakc"]
        error = _error_of(bench, check_names, _manager({**SHOP, task: needs}))
        said = {"task": task, "needs": " and ".join(needs)}
        if error is None:
            raise NotYet("accepts-unknown", **said)
        if "pakc" not in str(error):
            raise NotYet("does-not-say-what", **said, error=_short(error))
        if task not in str(error):
            raise NotYet("does-not-say-who", **said, error=_short(error))


@exercise("order.find-cycle", wants=("find_cycle",))
def check_find_cycle(bench: Bench, find_cycle: Callable[..., Any]) -> None:
    """A closed path along arrows where there is a circle, nothing where there is none."""
    _no_coroutine(find_cycle)
    for graph in (*FREE, *CIRCLES):
        manager = _manager(graph)
        path = _names(bench.run(find_cycle, manager))
        if _after(manager) != graph:
            raise NotYet("changed", graph=_drawn(graph))
        if graph in FREE:
            if path:
                raise NotYet("false-alarm", graph=_drawn(graph), path=_arrows(path))
            continue
        if not path:
            raise NotYet("missed", graph=_drawn(graph))
        if unknown := [name for name in path if name not in graph]:
            raise NotYet("not-along-arrows", graph=_drawn(graph), path=_arrows(path), name=unknown[0])
        if len(path) < 2 or path[0] != path[-1]:
            raise NotYet("not-closed", graph=_drawn(graph), path=_arrows(path))
        steps = list(itertools.pairwise(path))
        forwards = [a for a, b in steps if b not in graph[a]]
        if forwards and any(a not in graph[b] for a, b in steps):
            raise NotYet("not-along-arrows", graph=_drawn(graph), path=_arrows(path), name=forwards[0])


@exercise("order.resolve", wants=("resolve_dependencies",))
def check_resolve(bench: Bench, resolve_dependencies: Callable[..., Any]) -> None:
    """All names once, none before what it waits for; a circle is refused with its path."""
    _no_coroutine(resolve_dependencies)
    unrelated: dict[str, list[str]] = {"c": [], "a": [], "b": []}
    for graph in (*FREE, unrelated):
        manager = _manager(graph)
        order = _names(bench.run(resolve_dependencies, manager))
        if _after(manager) != graph:
            raise NotYet("changed", graph=_drawn(graph))
        if sorted(order) != sorted(graph):
            raise NotYet("not-all-once", graph=_drawn(graph), got=", ".join(map(str, order)) or "nothing")
        wrong = _first_too_early(graph, order)
        if wrong and not _first_too_early(graph, order[::-1]):
            raise NotYet("backwards", graph=_drawn(graph), got=", ".join(order))
        if wrong:
            raise NotYet("too-early", graph=_drawn(graph), got=", ".join(order), name=wrong[0], need=wrong[1])
    if order != ["c", "a", "b"]:
        raise NotYet("not-as-registered", got=", ".join(order), wanted="c, a, b")
    for graph in CIRCLES:
        error = _error_of(bench, resolve_dependencies, _manager(graph))
        if error is None:
            raise NotYet("circle-accepted", graph=_drawn(graph))
        if not any(all(name in str(error) for name in circle) for circle in _circles(graph)):
            raise NotYet("circle-unnamed", graph=_drawn(graph), error=_short(error))


def _first_too_early(graph: Graph, order: Sequence[str]) -> tuple[str, str] | None:
    for place, name in enumerate(order):
        for need in graph[name]:
            if need not in order[:place]:
                return name, need
    return None


def _circles(graph: Graph) -> list[set[str]]:
    """The names on each circle: those that come before themselves, together with whom they share it."""
    on = [name for name in graph if name in before(graph, name)]
    return [
        {other for other in on if other in before(graph, name) and name in before(graph, other)}
        for name in on
    ]


@exercise("order.arguments", wants=("arguments_for",))
def check_arguments(bench: Bench, arguments_for: Callable[..., Any]) -> None:
    """Results of the dependencies only, in the order in which the task names them."""
    _no_coroutine(arguments_for)
    manager = _manager(SHOP)
    done = ["reserve", "pack", "charge", "ship", "invoice"]  # pack was quicker than charge
    for number, name in enumerate([*done, "mail"]):
        results = {each: result_of(each) for each in done[:number]}
        given = bench.call(arguments_for, manager, name, dict(results))
        wanted = [result_of(need) for need in SHOP[name]]
        if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
            raise NotYet("not-a-list", name=name, got=type(given).__name__)
        given = list(given)
        if given == wanted:
            continue
        said = {"name": name, "got": in_words(*given), "wanted": in_words(*wanted)}
        if given == SHOP[name]:
            raise NotYet("names", **said)
        if sorted(map(str, given)) == sorted(wanted):
            raise NotYet("order-of-finishing", **said)
        if len(given) > len(wanted) and given != [wanted]:
            raise NotYet("too-many", **said)
        raise NotYet("other", **said)


# ---- running -------------------------------------------------------------------------------------


@exercise("order.run-in-order", wants=("run_in_order",))
def check_run_in_order(bench: Bench, run_in_order: Callable[..., Any]) -> None:
    """Each task once, never two at a time, with its arguments; def tasks off the event loop."""
    for sync in (set(), {"charge", "ship"}):
        probe = Probe(SHOP, sync=sync)
        results = bench.run(run_in_order, _manager(SHOP, probe.tasks))
        _look_at_run(probe, results)
        if probe.most_at_once > 1:
            raise NotYet("overlap")


@exercise("order.run", wants=("run",))
def check_run(bench: Bench, run: Callable[..., Any]) -> None:
    """As soon as all it waits for is done, and not before; several runs at once; an end if a task fails."""
    for sync, slow in ((set(), "charge"), ({"charge", "pack", "mail"}, "pack")):
        probe = Probe(SHOP, sync=sync, slow=slow)
        probe.meet("charge", "pack")
        results = bench.run(run, _manager(SHOP, probe.tasks))
        _look_at_run(probe, results)
        if probe.alone:
            raise NotYet("one-by-one", first="charge", second="pack")
    probe = Probe(SHOP)
    probe.holds("pack", until="invoice")
    bench.run(run, _manager(SHOP, probe.tasks))
    if probe.alone:
        raise NotYet("layers")
    _look_at_two_runs(bench, run)
    _look_at_failure(bench, run)


@exercise("order.limit", wants=("run_limited",))
def check_limit(bench: Bench, run_limited: Callable[..., Any]) -> None:
    """Up to the limit at the same time, never more; who waits for others takes no place."""
    wide = {"start": [], **{f"call {n}": ["start"] for n in range(5)}}
    for limit, graph in ((LIMIT, SHOP), (1, SHOP), (LIMIT, wide), (99, wide)):
        probe = Probe(graph, sync={"mail"}, slow="reserve")
        results = _in_time(bench, run_limited, _manager(graph, probe.tasks), limit)
        _look_at_run(probe, results)
        if probe.most_at_once > limit:
            raise NotYet("too-many", limit=limit, count=probe.most_at_once)
    probe = Probe(wide)
    probe.meet("call 0", "call 1")
    _in_time(bench, run_limited, _manager(wide, probe.tasks), LIMIT)
    if probe.alone:
        raise NotYet("one-by-one", limit=LIMIT)
    crossed = {"slow": [], "quick": [], "after_slow": ["slow"], "after_quick": ["quick"]}
    probe = Probe(crossed)
    probe.holds("slow", until="after_quick")
    _in_time(bench, run_limited, _manager(crossed, probe.tasks), LIMIT)
    if probe.alone:
        raise NotYet("place-held", limit=LIMIT)


def _look_at_run(probe: Probe, results: Any) -> None:
    """What every way of running a graph has to do."""
    for name, needs in probe.after.items():
        calls = probe.given[name]
        if not calls:
            raise NotYet("left-out", name=name)
        if len(calls) > 1:
            raise NotYet("twice", name=name, count=len(calls))
        if early := [need for need in needs if not probe.ended_before(need, name)]:
            raise NotYet("too-early", name=name, need=early[0])
        wanted = tuple(map(result_of, needs))
        if calls[0] != wanted:
            raise NotYet("arguments", name=name, got=in_words(*calls[0]), wanted=in_words(*wanted))
        if name in probe.sync and probe.on_loop[name]:
            raise NotYet("blocks-the-loop", name=name)
    if not isinstance(results, Mapping):
        raise NotYet("no-results", got=type(results).__name__)
    found = {name: taken(value) for name, value in results.items()}
    for name in probe.after:
        if found.get(name) != result_of(name):
            raise NotYet("results", name=name, got=in_words(found.get(name)), wanted=result_of(name))


def _look_at_two_runs(bench: Bench, run: Callable[..., Any]) -> None:
    """Two runs of one manager at the same time must not see each other's results."""
    both, numbers = Gate("both runs have begun"), itertools.count(1)

    async def first() -> int:
        number = next(numbers)
        if number == 2:
            both.open()
        with contextlib.suppress(Exception):
            await both.wait_async(PATIENCE)
        return number

    async def second(number: int) -> int:
        await asyncio.sleep(0)
        return number

    manager = _manager({"first": [], "second": ["first"]}, {"first": first, "second": second})

    async def two_runs(manager: Any) -> list[Any]:
        return list(await asyncio.gather(run(manager), run(manager)))

    found = [sorted(dict(results).items()) for results in bench.run(_like(run, two_runs), manager)]
    if sorted(found) != [[("first", n), ("second", n)] for n in (1, 2)]:
        raise NotYet("shared")


def _look_at_failure(bench: Bench, run: Callable[..., Any]) -> None:
    """A task fails: the run comes to an end, and nothing behind the failed one is run."""
    probe = Probe(SHOP, fails="charge")
    _in_time(bench, run, _manager(SHOP, probe.tasks), may_fail=True)
    if behind := [name for name in ("invoice", "ship", "mail") if probe.given[name]]:
        raise NotYet("ran-anyway", name=behind[0])


def _in_time(bench: Bench, run: Callable[..., Any], manager: Any, *more: Any, may_fail: bool = False) -> Any:
    """What a run returns; it must come to an end."""

    async def in_time(manager: Any, *more: Any) -> Any:
        try:
            async with asyncio.timeout(PATIENCE * 3):  # two tasks may have waited in vain
                return await run(manager, *more)
        except TimeoutError:
            return _HANGS
        except Exception as error:
            if not may_fail or _is_blank(error):
                raise
            return None

    results = bench.run(_like(run, in_time), manager, *more)
    if results is _HANGS:
        raise NotYet("hangs")
    return results


_HANGS = object()


# ---- the class -----------------------------------------------------------------------------------


@exercise("order.side-by-side", wants=("MyTaskManager",))
def check_side_by_side(bench: Bench, MyTaskManager: type) -> dict[str, Any]:
    """The learner's class and the finished one have the same properties."""
    from course import tasks as finished

    for make in (finished.TaskManager, MyTaskManager):
        for miss, has_property in _PROPERTIES.items():
            problem = has_property(bench, make)
            if problem is not None and make is finished.TaskManager:
                raise AssertionError(f"the finished manager: {miss}: {problem}")
            if problem is not None:
                raise NotYet(miss, problem=problem)
    return {"order": ", ".join(_order(_fill(bench, MyTaskManager, SHOP)))}


def _order(manager: Any) -> list[str]:
    order = manager.resolve_dependencies()
    if not _can_be_listed(order):
        raise NotYet("no-order", problem=repr(order))
    return list(order)


def _orders_the_graph(bench: Bench, make: Callable[[], Any]) -> str | None:
    order = _order(_fill(bench, make, SHOP))
    return None if sorted(order) == sorted(SHOP) and not _first_too_early(SHOP, order) else ", ".join(order)


def _refuses_a_name_twice(bench: Bench, make: Callable[[], Any]) -> str | None:
    manager = _fill(bench, make, SHOP)
    return None if _error_of(bench, manager.add_task, "charge", _nothing) else "charge"


def _refuses_an_unknown_name(bench: Bench, make: Callable[[], Any]) -> str | None:
    manager = _fill(bench, make, {**SHOP, "ship": ["charge", "pakc"]})
    return None if "pakc" in str(_error_of(bench, manager.resolve_dependencies)) else "pakc"


def _refuses_a_circle(bench: Bench, make: Callable[[], Any]) -> str | None:
    manager = _fill(bench, make, {**SHOP, "charge": ["reserve", "ship"]})
    said = str(_error_of(bench, manager.resolve_dependencies))
    return None if "charge" in said and "ship" in said else "charge, ship"


def _shares_nothing(bench: Bench, make: Callable[[], Any]) -> str | None:
    one, other = _fill(bench, make, SHOP), _fill(bench, make, {"only": []})
    return None if _order(other) == ["only"] and "only" not in _order(one) else "only"


def _hands_results_on(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP, sync={"charge"})
    bench.run(_fill(bench, make, SHOP, probe.tasks).run)
    for name, needs in SHOP.items():
        if probe.given[name] != [tuple(map(result_of, needs))]:
            return name
    return None


def _runs_side_by_side(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP)
    probe.meet("charge", "pack")
    bench.run(_fill(bench, make, SHOP, probe.tasks).run)
    return "charge, pack" if probe.alone else None


_PROPERTIES: dict[str, Callable[[Bench, Callable[[], Any]], str | None]] = {
    "shares-tasks": _shares_nothing,
    "no-order": _orders_the_graph,
    "takes-a-name-twice": _refuses_a_name_twice,
    "takes-an-unknown-name": _refuses_an_unknown_name,
    "takes-a-circle": _refuses_a_circle,
    "hands-on-nothing": _hands_results_on,
    "one-by-one": _runs_side_by_side,
}


def _fill(
    bench: Bench, make: Callable[[], Any], graph: Graph, tasks: Mapping[str, Callable[..., Any]] | None = None
) -> Any:
    def fill() -> Any:
        manager = make()
        for name, needs in graph.items():
            manager.add_task(name, (tasks or {}).get(name, _nothing), list(needs))
        return manager

    return bench.call(_like(make, fill))


# ---- helpers -------------------------------------------------------------------------------------


def _nothing(*_: Any) -> None:
    """A task."""


def _manager(graph: Graph, tasks: Mapping[str, Callable[..., Any]] | None = None) -> TaskManager:
    """A worked manager with this graph, for the method under test."""
    manager = TaskManager()
    for name, needs in graph.items():
        manager.add_task(name, (tasks or {}).get(name, _nothing), needs)
    return manager


def _after(manager: Any) -> dict[str, list[str]]:
    return {name: list(node.depends_on) for name, node in manager.tasks.items()}


def _error_of(bench: Bench, function: Callable[..., Any], *args: Any) -> Exception | None:
    """The exception that the learner's function raises, if it does."""

    def attempt(*args: Any) -> Exception | None:
        try:
            function(*args)
        except Exception as error:
            if _is_blank(error):
                raise
            return error
        return None

    error: Exception | None = bench.run(_like(function, attempt), *args)
    return error


def _names(returned: Any) -> list[Any]:
    """A list of names, as the learner's function returned it; None counts as an empty one."""
    if returned is not None and not _can_be_listed(returned):
        raise NotYet("not-a-list", got=repr(returned))
    return list(returned or [])


def _can_be_listed(value: Any) -> bool:
    """Whether it can be taken for some names; a single one would come apart into letters."""
    return isinstance(value, Iterable) and not isinstance(value, str)


def _is_blank(error: BaseException) -> bool:
    """Whether this says that the exercise is not finished."""
    return isinstance(error, BlankTouched | NotImplementedError)


def _like(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """`wrapper` under the name of the learner's function, for the engine's messages."""
    wrapper.__name__ = wrapper.__qualname__ = getattr(function, "__name__", type(function).__name__)
    return wrapper


def _no_coroutine(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise NotYet("engine.coroutine", name=getattr(function, "__name__", "?"))


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _drawn(graph: Graph) -> str:
    """A graph in words, for a message."""
    arrows = (f"{name} after {' and '.join(needs) or 'nothing'}" for name, needs in graph.items())
    return "; ".join(arrows) or "no task at all"


def _arrows(path: Iterable[object]) -> str:
    return " -> ".join(map(str, path))


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
