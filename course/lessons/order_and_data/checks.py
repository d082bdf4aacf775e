"""What the exercises of lesson 04 ask of a program: what it does, never how it is written."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import inspect
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette

from course.lessons.order_and_data import fulfilment, parcel
from course.lessons.order_and_data._probe import (
    CIRCLES,
    CROSSED,
    FREE,
    LATE,
    LONG,
    MANY,
    PATIENCE,
    SHOP,
    TIES,
    WIDE,
    Probe,
    TaskFailed,
    error_in_words,
    grouped,
    in_words,
    result_of,
    steps,
    taken,
    with_causes,
)
from course.lessons.order_and_data.hostile import Graph, before, hostile_orders
from course.lessons.order_and_data.worked import TaskManager
from course.live import Server
from course.practice import Bench, BlankTouched, LateTasks, NotYet, exercise, patiently, patiently_async
from course.words import say

HANGS = 2.0
"""What a run is given to come to an end, in looks (see ``patiently``); more than any of its tasks waits."""

HELD_SECONDS = 60
"""How long a customer's data waits at a gate at most; the check opens it long before."""

ONE: dict[str, list[str]] = {"alone": []}

_MANY_ARROWS = 20

ODD_RESULTS: dict[str, Any] = {"reserve": None, "charge": 0, "pack": [], "ship": "", "invoice": [1, 2]}
"""What tasks may return, too."""


# ---- the chain and the diamond -------------------------------------------------------------------


class _Cleaned(dict[str, str]):
    """What process_data returns; ``dropped`` is called when nobody has it any more."""

    dropped: Callable[[], None] | None = None

    def __del__(self) -> None:
        if self.dropped is not None:
            self.dropped()


class _Data:
    """process_data and save_data, and what became of them."""

    def __init__(self, bench: Bench) -> None:
        self.began: list[tuple[float, bool]] = []  # when, and whether on the event loop
        self.processed: list[str] = []
        self.saved: list[Any] = []
        self.fails: set[str] = set()
        self.fails_to_save = False
        self.held = {"Bob": bench.gate("Bob may be processed"), "Cleo": bench.gate("Cleo may be processed")}
        self.loop: asyncio.AbstractEventLoop | None = None
        self._threads: set[int] = set()  # those in which two customers' data were processed
        self._reported: set[int] = set()  # of these, who has told the event loop that its work is done
        self._saving: set[int] = set()
        self._overtaken = False

    def process_data(self, raw: dict[str, str]) -> _Cleaned:
        """Strip every value. Bob and Cleo wait at a gate."""
        name = raw.get("name", "").strip()
        self.began.append((time.perf_counter(), _on_loop()))
        self.processed.append(name)
        if name in self.held and not _on_loop():
            self._threads.add(threading.get_ident())
            self.held[name].wait(HELD_SECONDS)
        if name in self.fails:
            raise TaskFailed(f"the data of {name} cannot be processed")
        cleaned = _Cleaned({key: value.strip() for key, value in raw.items()})
        cleaned.dropped = self._be_overtaken
        return cleaned

    def save_data(self, cleaned: Any) -> None:
        """Note what is saved."""
        self._saving.add(threading.get_ident())
        value = taken(cleaned)
        self.saved.append(dict(value) if isinstance(value, dict) else value)
        if self.fails_to_save:
            raise TaskFailed("the data cannot be saved")

    def keep_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Note when the threads of two customers report to this loop."""
        if self.loop is loop:
            return
        self.loop = loop
        report = loop.call_soon_threadsafe

        def noted(*args: Any, **kwargs: Any) -> Any:
            self._reported.add(threading.get_ident())
            return report(*args, **kwargs)

        with contextlib.suppress(AttributeError):  # a loop of another kind
            loop.call_soon_threadsafe = noted  # type: ignore[method-assign, assignment]

    def hold_loop(self) -> None:
        """Keep the loop from the next steps until both threads have put their result where they put it."""
        patiently(lambda: self._threads <= self._reported | self._saving, PATIENCE)

    def release(self) -> None:
        """Let Bob's and Cleo's data be processed now, at the same time."""
        self._reported.clear()
        self._saving.clear()
        if self.loop is not None:
            self.loop.call_soon(self.hold_loop)
        for gate in self.held.values():
            gate.open()

    def _be_overtaken(self) -> None:
        """A result is gone: if it was shared, just now, between the two steps of another customer."""
        mine = threading.get_ident()
        if mine in self._threads and len(self._threads) > 1 and not self._overtaken:
            self._overtaken = True
            patiently(lambda: self._saving & (self._threads - {mine}), PATIENCE)


@exercise("order.one-task", wants=("build_data",))
def check_one_task(bench: Bench, build_data: Callable[..., Any]) -> None:
    """Processed after the response and off the event loop; saved with the result of its own request."""
    data = _Data(bench)
    app = bench.call(build_data, data.process_data, data.save_data)

    late = LateTasks(app, watch=lambda: data.began)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        data.keep_loop(asyncio.get_running_loop())
        await late(scope, receive, send)

    with bench.serve(watched if isinstance(app, Starlette) else app, name="build_data") as server:
        _look_at_first(bench, data, server)
        _look_at_each(bench, data, server)
        _look_at_overtaking(bench, data, server, late)
        _look_at_two(bench, data, server)
        _look_at_failed_data(bench, data, server)
        _look_at_failed_saving(bench, data, server)


def _post(bench: Bench, server: Server, raw: dict[str, str]) -> None:
    reply = bench.expect(server.client.post("/data", json=raw), 202)
    if reply.content != b'{"accepted":true}':
        raise NotYet("wrong-answer", got=in_words(reply.text))


def _look_at_first(bench: Bench, data: _Data, server: Server) -> None:
    """What became of the first customer's data."""
    _post(bench, server, {"name": " Ada "})
    server.settle()
    patiently(lambda: data.saved or server.errors)
    for at, on_loop in data.began:
        if at < server.timeline.end("response#1"):
            raise NotYet("blocks-everybody" if on_loop else "in-request")
        if on_loop:
            raise NotYet("blocks-the-loop")
    if data.saved and not data.began:
        raise NotYet("saved-raw", got=in_words(*data.saved))
    if server.errors:
        raise NotYet("task-failed", error=error_in_words(server.errors[0]))
    if not data.began:
        raise NotYet("never-ran")
    if len(data.began) > 1:
        raise NotYet("twice", count=len(data.began))
    if not data.saved:
        raise NotYet("not-saved")
    if data.saved != [{"name": "Ada"}]:
        raise NotYet("saved-raw", got=in_words(*data.saved))


def _look_at_each(bench: Bench, data: _Data, server: Server) -> None:
    """The same data again, and none at all: each request counts."""
    for raw, what in (({"name": " Ada "}, "the same data again"), ({}, "an empty object")):
        saved = len(data.saved)
        _post(bench, server, raw)
        server.settle()
        patiently(functools.partial(_more_saved, data, server, saved))
        if len(data.saved) != saved + 1:
            raise NotYet("not-every-request", what=what, count=len(data.saved) - saved)


def _more_saved(data: _Data, server: Server, before: int) -> bool:
    """Whether more than before is saved, or never will be."""
    return len(data.saved) > before or bool(server.errors)


def _look_at_two(bench: Bench, data: _Data, server: Server) -> None:
    """Two customers at once: the second is answered meanwhile, and each one's own data is saved."""
    saved = len(data.saved)
    bob = server.submit("POST", "/data", json={"name": "Bob"})
    patiently(lambda: "Bob" in data.processed)
    cleo = server.submit("POST", "/data", json={"name": "Cleo"})
    if not patiently(lambda: cleo.done):
        raise NotYet("second-waits")
    for reply in (bob, cleo):
        bench.expect(reply.result(), 202)
    patiently(lambda: "Cleo" in data.processed)
    data.release()
    server.settle()
    patiently(lambda: len(data.saved) >= saved + 2)
    if sorted(map(str, data.saved[saved:])) != [str({"name": "Bob"}), str({"name": "Cleo"})]:
        raise NotYet("mixed-up", one="Bob", other="Cleo", got=in_words(*data.saved[saved:]))


def _look_at_overtaking(bench: Bench, data: _Data, server: Server, late: LateTasks) -> None:
    """The next request is answered before the first one's task begins."""
    saved = len(data.saved)
    with late.held():
        _post(bench, server, {"name": "Gil"})
        _post(bench, server, {"name": "Hal"})
    server.settle()
    patiently(lambda: len(data.saved) >= saved + 2)
    if sorted(map(str, data.saved[saved:])) != [str({"name": "Gil"}), str({"name": "Hal"})]:
        raise NotYet("mixed-up", one="Gil", other="Hal", got=in_words(*data.saved[saved:]))


def _look_at_failed_data(bench: Bench, data: _Data, server: Server) -> None:
    """Data that cannot be processed is not saved, and the server hears of it."""
    data.fails.add("Dora")
    saved = len(data.saved)
    _post(bench, server, {"name": "Dora"})
    server.settle()
    if not patiently(lambda: server.errors or len(data.saved) > saved):
        raise NotYet("error-lost")
    if len(data.saved) > saved:
        raise NotYet("saved-after-failure", got=in_words(*data.saved[saved:]))
    if (count := data.processed.count("Dora")) > 1:
        raise NotYet("tried-again", name="process_data", count=count)


def _look_at_failed_saving(bench: Bench, data: _Data, server: Server) -> None:
    """Data that cannot be saved: there is one try."""
    data.fails_to_save = True
    saved, known = len(data.saved), len(server.errors)
    _post(bench, server, {"name": "Finn"})
    server.settle()
    patiently(lambda: len(server.errors) > known or len(data.saved) > saved + 1)
    if (count := len(data.saved) - saved) > 1:
        raise NotYet("tried-again", name="save_data", count=count)


_DIAMOND: Graph = {"load": [], "clean": ["load"], "count": ["load"], "save": ["clean", "count"]}


@exercise("order.diamond", wants=("diamond",))
def check_diamond(bench: Bench, diamond: Callable[..., Any]) -> None:
    """clean in a thread while count is on the loop, both with the rows; save with both results, once."""
    probe = Probe(_DIAMOND, sync={"clean"}, slow="save")
    probe.meet("clean", "count")
    _draw_diamond(bench, diamond, probe)
    empty: dict[str, Any] = {"load": [], "clean": [], "count": 0}
    nothing: dict[str, Any] = {"clean": None, "count": None}
    orders = (("clean", "count"), ("count", "clean"))
    for (first, last), returns in itertools.product(orders, ({}, empty, nothing)):
        probe = Probe(_DIAMOND, sync={"clean"}, slow="save", returns=returns)
        probe.outlasts(last, first)
        _draw_diamond(bench, diamond, probe)
    for fails in ("load", "clean", "count", "save"):
        probe = Probe(_DIAMOND, sync={"clean"}, fails={fails})
        raised = _outcome(bench, diamond, *_four(probe), probe=probe, may_fail=True).error
        if fails != "save" and probe.given["save"]:
            raise NotYet("saved-after-failure", name=fails, got=in_words(*probe.given["save"][0]))
        if raised is None:
            raise NotYet("error-lost", name=fails)


def _four(probe: Probe) -> list[Callable[..., Any]]:
    return [probe.tasks[name] for name in _DIAMOND]


def _draw_diamond(bench: Bench, diamond: Callable[..., Any], probe: Probe) -> None:
    """Run it once, and look at what has to be so in every run."""
    _outcome(bench, diamond, *_four(probe), probe=probe).returned()
    for name in ("clean", "count", "save", "load"):
        if name != "load" and not probe.given[name]:
            raise NotYet("left-out", name=name)
        if len(probe.given[name]) > 1:
            raise NotYet("twice", name=name, count=len(probe.given[name]))
        if name in ("clean", "count") and probe.given[name][0] != (probe.result("load"),):
            raise NotYet("rows", name=name, got=in_words(*probe.given[name][0]))
    if probe.on_loop["clean"]:
        raise NotYet("blocks-the-loop")
    if probe.alone:
        first, second = sorted(("clean", "count"), key=lambda name: probe.started(name))
        raise NotYet("one-after-the-other", first=first, second=second)
    if probe.given["save"][0] != (probe.result("clean"), probe.result("count")):
        raise NotYet("wrong-arguments", got=in_words(*probe.given["save"][0]))
    if not probe.has_ended("save"):
        raise NotYet("save-not-awaited")


# ---- graphs to mend ------------------------------------------------------------------------------

# As they were when the course was imported: a program may change the modules that it works with.
_PARCEL = copy.deepcopy(parcel.AFTER)
_READS = {name: list(inspect.signature(getattr(parcel, name)).parameters) for name in _PARCEL}
_FULFILMENT = copy.deepcopy(fulfilment.AFTER)
_ORDER = type("Order", (), dict(vars(fulfilment.Order)))
_ORDER_METHODS = {name: vars(fulfilment.Order)[name] for name in _FULFILMENT}
_PARCEL_TASKS = {name: getattr(parcel, name) for name in _PARCEL}


@exercise("order.repair", wants=("repaired",))
def check_repair(bench: Bench, repaired: Callable[..., Any]) -> None:
    """No circle; every task after what it reads, and after nothing else."""

    def look(given: Any) -> None:
        graph = _graph(given, _PARCEL)
        for task in graph:
            for read in _READS[task]:
                if read not in before(graph, task):
                    raise NotYet("reads-too-early", task=task, read=read)
        _look_for_needless(graph, _READS)

    with _kept(parcel, _PARCEL_TASKS):
        _look_at_graph(bench, repaired, parcel.AFTER, _PARCEL, look)


@exercise("order.missing-edge", wants=("mended",))
def check_missing_edge(bench: Bench, mended: Callable[..., Any]) -> dict[str, Any]:
    """No hostile order fails, and what was parallel and may be is still parallel."""
    orders: list[list[str]] = []

    def look(given: Any) -> None:
        graph = _graph(given, _FULFILMENT)
        orders[:] = hostile_orders(graph) or [list(graph)]
        for order in orders:
            new = _ORDER()
            for name in order:
                try:
                    getattr(new, name)()
                except KeyError as error:
                    raise NotYet(
                        "still-fails", order=", ".join(order), task=name, error=repr(error)
                    ) from None
        needed = {**_FULFILMENT, "label": ["pack", "find_address"], "mail": ["ship", "invoice"]}
        _look_for_needless(graph, needed)

    with _kept(fulfilment.Order, _ORDER_METHODS):
        _look_at_graph(bench, mended, fulfilment.AFTER, _FULFILMENT, look)
    return {"orders": len(orders)}


def _look_at_graph(
    bench: Bench,
    make: Callable[..., Any],
    lent: dict[str, list[str]],
    fresh: Graph,
    look: Callable[[Any], None],
) -> None:
    """Look at what ``make`` returns, with the lesson's graph as it was, or as a cell has made it."""
    changed = lent != fresh
    try:
        with _lent(lent, fresh):
            look(bench.call(make))
    except NotYet:
        if not changed:
            raise
        with _lent(lent, lent), contextlib.suppress(NotYet):
            look(bench.call(make))
            return
        raise


@contextlib.contextmanager
def _lent(graph: dict[str, list[str]], content: Graph) -> Iterator[None]:
    """The graph with a copy of this content; whatever is done to it is undone afterwards."""
    kept = dict(graph)
    copied = {name: list(needs) for name, needs in content.items()}
    lists = {name: list(needs) for name, needs in kept.items()}
    graph.clear()
    graph.update(copied)
    try:
        yield
    finally:
        graph.clear()
        graph.update(kept)
        for name, needs in lists.items():
            graph[name][:] = needs


@contextlib.contextmanager
def _kept(owner: object, functions: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Put the lesson's functions back, whatever a program has put in their place."""
    try:
        yield
    finally:
        for name, function in functions.items():
            setattr(owner, name, function)


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
            raise NotYet("not-a-list", task=name, got=in_words(needs))
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
    names = ("reserve", "mail", "charge", "Mail", "mail ", "patrol")
    spies = {name: bench.spy(f"do_{name.strip()}") for name in (*names, "again")}
    manager, needs = TaskManager(), ["reserve", "ship", "charge", "pack", "invoice"]

    def add(name: str, *more: Any, by: str = "") -> None:
        error = _error_of(bench, add_task, manager, name, spies[by or name], *more)
        if error is not None:
            miss = "looked-up-too-early" if name == "mail" else "refused-new"
            raise NotYet(miss, name=name, error=error_in_words(error))
        added.add(name)
        if others := [each for each in manager.tasks if each not in added]:
            raise NotYet("adds-others", name=name, other=others[0])

    added = {"reserve"}
    wanted = {"reserve": [], "mail": [*needs], "charge": ["reserve"], "Mail": [], "mail ": []}
    bench.run(add_task, manager, "reserve", spies["reserve"])
    add("mail", needs)
    add("charge", ("reserve",))
    add("Mail", iter(()))
    add("mail ")
    for name, expected in wanted.items():
        _look_at_entry(manager, name, spies[name].function, spies[name].called, expected)
    needs.append("changed later")
    if "changed later" in manager.tasks["mail"].depends_on:
        raise NotYet("shared-list")
    add("patrol", iter(["patrol", "mail"]))
    _look_at_entry(manager, "patrol", spies["patrol"].function, spies["patrol"].called, ["patrol", "mail"])
    add("twin", by="reserve")
    add("", by="reserve")
    _look_at_taken(bench, add_task, manager, spies["charge"].function, spies["again"].function)
    if error := _error_of(bench, add_task, TaskManager(), "charge", spies["again"]):
        raise NotYet("shared-names", error=error_in_words(error))


def _look_at_taken(
    bench: Bench, add_task: Callable[..., Any], manager: Any, first: object, second: object
) -> None:
    """The name charge is taken: refused by name, and the first one stays."""
    error = _error_of(bench, add_task, manager, "charge", second, ["mail"])
    entry = manager.tasks.get("charge")
    replaced = entry is None or entry.task is not first or list(entry.depends_on) != ["reserve"]
    if error is None:
        raise NotYet("replaced" if replaced else "dropped")
    if replaced:
        raise NotYet("replaced-and-refused")
    if not _is_graph_error(error):
        raise NotYet("other-error", error=error_in_words(error))
    if "charge" not in str(error):
        raise NotYet("unnamed", error=error_in_words(error))


def _look_at_entry(manager: Any, name: str, task: object, called: bool, needs: list[str]) -> None:
    if called:
        raise NotYet("called", name=name)
    entry = manager.tasks.get(name) if isinstance(manager.tasks, dict) else None
    if entry is None or not hasattr(entry, "task") or not hasattr(entry, "depends_on"):
        raise NotYet("not-remembered", name=name)
    if entry.task is not task:
        raise NotYet("wrong-task", name=name)
    kept = entry.depends_on
    in_order = _can_be_listed(kept) and not isinstance(kept, set | frozenset)
    if not in_order or list(kept) != needs:
        got = in_words(list(kept)) if in_order else in_words(kept)
        raise NotYet("wrong-dependencies", name=name, got=got, wanted=in_words(needs))


@exercise("order.check-names", wants=("check_names",))
def check_check_names(bench: Bench, check_names: Callable[..., Any]) -> None:
    """Every unknown name is refused wherever it stands, with who waits for it; nothing else is."""
    _no_coroutine(check_names)
    for graph in (*FREE, *CIRCLES):
        manager = _manager(graph)
        error = _error_of(bench, check_names, manager)
        if error is not None:
            raise NotYet("refuses-known", graph=_drawn(graph), error=error_in_words(error))
        _look_for_changes(manager, graph)
    lists = (["pakc"], ["pack", "pakc"], ["pakc", "pack"], ["pack", "pakc", "reserve"])
    for task, needs in itertools.product(("reserve", "ship", "mail"), lists):
        _look_at_unknown(bench, check_names, task, needs, "pakc")
    for unknown in ("Pack", "pac", "pack ", ""):
        _look_at_unknown(bench, check_names, "ship", [unknown], unknown)


def _look_at_unknown(
    bench: Bench, check_names: Callable[..., Any], task: str, needs: list[str], unknown: str
) -> None:
    graph = {**SHOP, task: needs}
    manager = _manager(graph)
    error = _error_of(bench, check_names, manager)
    said = {"task": task, "needs": " and ".join(map(repr, needs)), "unknown": repr(unknown)}
    if error is None:
        raise NotYet("accepts-unknown", **said)
    said["error"] = error_in_words(error)
    if unknown not in str(error):
        raise NotYet("does-not-say-what", **said)
    if task not in str(error):
        raise NotYet("does-not-say-who", **said)
    if not _is_graph_error(error):
        raise NotYet("other-error", **said)
    _look_for_changes(manager, graph)


def _look_for_changes(manager: Any, graph: Graph) -> None:
    if _after(manager) != graph:
        raise NotYet("changed", graph=_drawn(graph))


@exercise("order.find-cycle", wants=("find_cycle",))
def check_find_cycle(bench: Bench, find_cycle: Callable[..., Any]) -> None:
    """A closed path along arrows where there is a circle, nothing where there is none."""
    _no_coroutine(find_cycle)
    for graph in (*FREE, *CIRCLES, LONG):
        manager = _manager(graph)
        found, error = _attempt(bench, find_cycle, manager)
        if error is not None:
            raise NotYet("raises", graph=_drawn(graph), error=error_in_words(error))
        path = _names(found)
        _look_for_changes(manager, graph)
        if graph in FREE:
            if path:
                raise NotYet("false-alarm", graph=_drawn(graph), path=_arrows(path))
            continue
        if not path:
            raise NotYet("missed", graph=_drawn(graph))
        if unknown := [name for name in path if name not in graph]:
            raise NotYet("not-along-arrows", graph=_drawn(graph), path=_arrows(path), name=unknown[0])
        if path[0] != path[-1] or len(set(path)) != len(path) - 1:
            raise NotYet("not-closed", graph=_drawn(graph), path=_arrows(path))
        steps_taken = list(itertools.pairwise(path))
        forwards = [a for a, b in steps_taken if b not in graph[a]]
        if forwards and any(a not in graph[b] for a, b in steps_taken):
            raise NotYet("not-along-arrows", graph=_drawn(graph), path=_arrows(path), name=forwards[0])


@exercise("order.resolve", wants=("resolve_dependencies",))
def check_resolve(bench: Bench, resolve_dependencies: Callable[..., Any]) -> None:
    """All names once, none before what it waits for; a circle is refused with its path."""
    _no_coroutine(resolve_dependencies)
    unrelated: dict[str, list[str]] = {"c": [], "a": [], "b": []}
    for graph in (*FREE, unrelated):
        manager = _manager(graph)
        _look_at_order(graph, _names(bench.run(resolve_dependencies, manager)))
        _look_for_changes(manager, graph)
    manager = _manager(unrelated)
    bench.run(resolve_dependencies, manager)
    manager.add_task("later", _nothing, ["a"])
    if "later" not in _names(bench.run(resolve_dependencies, manager)):
        raise NotYet("remembered")
    for graph in (*FREE, unrelated):
        order, wanted = _names(bench.run(resolve_dependencies, _manager(graph))), _manager(graph)
        if order != (served := wanted.resolve_dependencies()):
            raise NotYet(
                "not-as-registered", graph=_drawn(graph), got=", ".join(order), wanted=", ".join(served)
            )
    for graph in CIRCLES:
        manager = _manager(graph)
        error = _error_of(bench, resolve_dependencies, manager)
        _look_for_changes(manager, graph)
        if error is None:
            raise NotYet("circle-accepted", graph=_drawn(graph))
        if not _names_a_circle(str(error), graph):
            raise NotYet("circle-unnamed", graph=_drawn(graph), error=error_in_words(error))
        if not _is_graph_error(error):
            raise NotYet("other-error", error=error_in_words(error))
    _look_at_misspelt(bench, resolve_dependencies)


def _look_at_order(graph: Graph, order: list[Any]) -> None:
    """Every name once, each after all that it waits for."""
    if sorted(map(str, order)) != sorted(graph):
        raise NotYet("not-all-once", graph=_drawn(graph), got=", ".join(map(str, order)) or "nothing")
    wrong = _first_too_early(graph, order)
    if wrong and not _first_too_early(graph, order[::-1]):
        raise NotYet("backwards", graph=_drawn(graph), got=", ".join(order))
    if wrong:
        raise NotYet("too-early", graph=_drawn(graph), got=", ".join(order), name=wrong[0], need=wrong[1])


def _look_at_misspelt(bench: Bench, resolve_dependencies: Callable[..., Any]) -> None:
    for graph in (
        {**SHOP, "ship": ["charge", "pakc"]},
        {"ship": ["pakc"], "charge": ["mail"], "mail": ["charge"]},
    ):
        error = _error_of(bench, resolve_dependencies, _manager(graph))
        if error is None or not _is_graph_error(error) or not {"ship", "pakc"} <= _words(str(error)):
            said = error_in_words(error) if error is not None else "nothing"
            raise NotYet("names-unchecked", error=said)


def _first_too_early(graph: Graph, order: Sequence[str]) -> tuple[str, str] | None:
    for place, name in enumerate(order):
        for need in graph[name]:
            if need not in order[:place]:
                return name, need
    return None


def _words(said: str) -> set[str]:
    return set(re.findall(r"\w+", said))


def _names_a_circle(said: str, graph: Graph) -> bool:
    """Whether names follow each other in these words as they do round a circle, in either direction."""
    names = [word for word in re.findall(r"\w+", said) if word in graph]
    turned: dict[str, list[str]] = {name: [n for n in graph if name in graph[n]] for name in graph}
    for start, end in itertools.combinations(range(len(names) + 1), 2):
        path = names[start:end]
        closed = path if len(path) > 1 and path[0] == path[-1] else [*path, path[0]]
        if len(set(path)) != len(closed) - 1:
            continue
        for arrows in (graph, turned):
            if all(b in arrows[a] for a, b in itertools.pairwise(closed)):
                return True
    return False


@exercise("order.arguments", wants=("arguments_for",))
def check_arguments(bench: Bench, arguments_for: Callable[..., Any]) -> None:
    """Results of the dependencies only, in the order in which the task names them."""
    _no_coroutine(arguments_for)
    graph = {**SHOP, "report": ["ship", "charge", "reserve", "invoice"]}
    manager = _manager(graph)
    done = ["reserve", "charge", "pack", "invoice", "ship"]  # charge was quicker than pack
    tuples = {name: (name, number) for number, name in enumerate(done)}
    for returns in ({name: result_of(name) for name in done}, {**ODD_RESULTS, "ship": None}, tuples):
        for name in ("reserve", "charge", "invoice", "ship", "mail", "report"):
            _look_at_arguments(bench, arguments_for, manager, name, returns, done)
            _look_for_changes(manager, graph)


def _look_at_arguments(
    bench: Bench,
    arguments_for: Callable[..., Any],
    manager: Any,
    name: str,
    returns: Mapping[str, Any],
    done: list[str],
) -> None:
    needs = manager.tasks[name].depends_on[:]
    so_far = done if name in ("mail", "report") else done[: done.index(name)]
    results = {each: returns[each] for each in so_far}
    given = bench.call(arguments_for, manager, name, results)
    if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
        raise NotYet("not-a-list", name=name, got=type(given).__name__)
    given, wanted = list(given), [returns[need] for need in needs]
    if list(results.items()) != [(each, returns[each]) for each in so_far]:
        raise NotYet("results-changed", name=name)
    said = {"name": name, "got": in_words(*given), "wanted": in_words(*wanted)}
    if len(given) == len(wanted) and all(a is b for a, b in zip(given, wanted, strict=True)):
        return
    if given == wanted:
        raise NotYet("copied", **said)
    if given and given == needs:
        raise NotYet("names", **said)
    if len(given) < len(wanted) and given == [value for value in wanted if value]:
        raise NotYet("dropped", **said)
    if sorted(map(repr, given)) == sorted(map(repr, wanted)):
        raise NotYet("order-of-finishing", **said)
    if len(given) > len(wanted) and given != [wanted]:
        raise NotYet("too-many", **said)
    raise NotYet("other", **said)


# ---- running -------------------------------------------------------------------------------------


@exercise("order.run-in-order", wants=("run_in_order",))
def check_run_in_order(bench: Bench, run_in_order: Callable[..., Any]) -> None:
    """Each task once, never two at a time, with its arguments; def tasks off the event loop."""
    for graph, sync, returns in (
        (SHOP, set(), {}),
        (SHOP, {"charge", "ship"}, {}),
        (dict(reversed(SHOP.items())), {"pack"}, ODD_RESULTS),
        (ONE, set(), {}),
    ):
        probe = Probe(graph, sync=sync, returns=returns)
        manager = _manager(graph, probe.tasks)
        results = _outcome(bench, _telling_what_is_missing(run_in_order), manager, probe=probe).returned()
        _look_at_run(probe, results)
        if probe.most_at_once > 1:
            raise NotYet("overlap")
        _look_for_second_run(bench, run_in_order, manager, probe)
    for failed, sync, error in (
        ("charge", set(), TaskFailed),
        ("charge", {"charge"}, ValueError),
        ("mail", set(), KeyError),
    ):
        probe = Probe(SHOP, sync=sync, fails={failed}, error=error)
        outcome = _outcome(bench, run_in_order, _manager(SHOP, probe.tasks), probe=probe, may_fail=True)
        later = probe.events[probe.started(failed) + 2 :] if probe.given[failed] else []
        if later:
            raise NotYet("went-on", failed=failed, name=later[0][1])
        _look_for_error(outcome, probe)
    _look_at_refusal(bench, run_in_order)


def _telling_what_is_missing(run_in_order: Callable[..., Any]) -> Callable[..., Any]:
    """The learner's function; says so when it looks for the result of a task that has not run yet."""

    async def run(manager: Any) -> Any:
        try:
            result = run_in_order(manager)
            return await result if inspect.isawaitable(result) else result
        except KeyError as error:
            if error.args and error.args[0] in SHOP:
                raise NotYet("not-there-yet", need=error.args[0]) from None
            raise

    return _like(run_in_order, run)


@exercise("order.run", wants=("run",))
def check_run(bench: Bench, run: Callable[..., Any]) -> None:
    """As soon as all it waits for is done, and not before; several runs at once; an end if a task fails."""
    for sync, slow in ((set(), "charge"), ({"charge", "pack", "mail"}, "pack")):
        probe = Probe(SHOP, sync=sync, slow=slow)
        probe.meet("charge", "pack")
        _look_at_run(probe, _finished(bench, run, probe))
        if probe.alone:
            raise NotYet("one-by-one", first="charge", second="pack")
    probe = Probe(SHOP)
    probe.holds("pack", until="invoice")
    _look_at_run(probe, _finished(bench, run, probe))
    if probe.alone:
        raise NotYet("layers")
    for graph in (CROSSED, dict(reversed(CROSSED.items()))):
        probe = Probe(graph)
        probe.holds("slow", until="after_quick")
        _look_at_run(probe, _finished(bench, run, probe))
        if probe.alone:
            raise NotYet("queues-up")
    calls = [name for name in WIDE if name != "start"]
    for sync in (set(), set(calls)):
        probe = Probe(WIDE, sync=sync)
        probe.meet(*calls)
        _look_at_run(probe, _finished(bench, run, probe))
        if probe.alone:
            raise NotYet("held-back", number=len(calls), count=probe.most_at_once)
    many = [name for name in MANY if MANY[name]]
    probe = Probe(MANY)
    probe.meet(*many)
    outcome = _outcome(bench, run, _manager(MANY, probe.tasks), probe=probe, within=HANGS)
    if probe.alone:
        raise NotYet("held-back", number=len(many), count=probe.most_at_once)
    _look_at_run(probe, outcome.returned())
    probe = Probe(SHOP, returns=ODD_RESULTS)
    manager = _manager(SHOP, probe.tasks)
    _look_at_run(probe, _outcome(bench, run, manager, probe=probe).returned())
    _look_for_second_run(bench, run, manager, probe)
    _look_at_two_runs(bench, run)
    probe = Probe(ONE)
    _look_at_run(probe, _finished(bench, run, probe))
    _look_at_failure(bench, run)
    _look_at_cancelling(bench, run)
    _look_at_refusal(bench, run)


@exercise("order.limit", wants=("run_limited",))
def check_limit(bench: Bench, run_limited: Callable[..., Any]) -> None:
    """Up to the limit at the same time, never more; who waits for others takes no place."""
    for graph, limit in ((SHOP, 2), (SHOP, 1), (ONE, 2)):
        probe = Probe(graph, sync={"mail"}, slow="reserve")
        _look_at_run(probe, _finished(bench, run_limited, probe, limit))
        if probe.most_at_once > limit:
            raise NotYet("too-many", limit=limit, count=probe.most_at_once)
    calls = [name for name in WIDE if name != "start"]
    for sync in ([], calls, calls[::2]):
        for limit in (3, 1, 99):
            _look_at_limit(bench, run_limited, calls, sync, limit)
    probe = Probe(CROSSED)
    probe.holds("slow", until="after_quick")
    _finished(bench, run_limited, probe, 2)
    if probe.alone:
        raise NotYet("place-held", limit=2)
    _look_at_one_manager(bench, run_limited)
    _look_at_two_runs(bench, run_limited, 1)
    _look_at_failure(bench, run_limited, 2)
    _look_at_refusal(bench, run_limited, 2)


def _look_at_limit(
    bench: Bench, run_limited: Callable[..., Any], calls: list[str], sync: list[str], limit: int
) -> None:
    """Of five tasks that are ready, as many as the limit allows run at the same time."""
    probe = Probe(WIDE, sync=sync, returns={"start": None, "call 1": 0})
    at_once = min(limit, len(calls))
    probe.meet(*calls, at_once=at_once)
    results = _finished(bench, run_limited, probe, limit)
    if probe.alone:
        raise NotYet("one-by-one", limit=limit, number=at_once, count=probe.most_at_once)
    _look_at_run(probe, results)
    if probe.most_at_once > limit:
        raise NotYet("too-many", limit=limit, count=probe.most_at_once)


def _look_at_one_manager(bench: Bench, run_limited: Callable[..., Any]) -> None:
    """Each run of one manager has the limit that it is given."""
    probe = Probe(WIDE)
    manager = _manager(WIDE, probe.tasks)

    async def two_limits(manager: Any, limit: int) -> int:
        await run_limited(manager, 3)
        probe.events.clear()
        await run_limited(manager, limit)
        return probe.most_at_once

    most = _outcome(bench, _like(run_limited, two_limits), manager, 1, within=HANGS).returned()
    if most > 1:
        raise NotYet("too-many", limit=1, count=most)


def _finished(bench: Bench, run: Callable[..., Any], probe: Probe, *more: Any) -> Any:
    """What a run of the probe's graph returns."""
    manager = _manager(probe.after, probe.tasks)
    return _outcome(bench, run, manager, *more, probe=probe, within=HANGS).returned()


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
        wanted = tuple(map(probe.result, needs))
        if calls[0] != wanted:
            raise NotYet("arguments", name=name, got=in_words(*calls[0]), wanted=in_words(*wanted))
        if name in probe.sync and probe.on_loop[name]:
            raise NotYet("blocks-the-loop", name=name)
    if not isinstance(results, Mapping):
        raise NotYet("no-results", got=type(results).__name__)
    found = {name: taken(value) for name, value in results.items()}
    for name in probe.after:
        if name not in found or found[name] != probe.result(name):
            got = in_words(found[name]) if name in found else "nothing"
            raise NotYet("results", name=name, got=got, wanted=in_words(probe.result(name)))


def _look_for_second_run(bench: Bench, run: Callable[..., Any], manager: Any, probe: Probe) -> None:
    """A second run of the same manager runs everything again."""
    before = {name: len(calls) for name, calls in probe.given.items()}
    results = _outcome(bench, run, manager, probe=probe).returned()
    idle = [name for name, calls in probe.given.items() if len(calls) != before[name] + 1]
    lost = [name for name in probe.after if not isinstance(results, Mapping) or name not in results]
    if idle or lost:
        raise NotYet("runs-once", name=(idle + lost)[0])


def _look_at_two_runs(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """Two runs of one manager at the same time must not see each other's results."""
    begun: list[int] = []
    alone: list[int] = []

    async def first() -> int:
        begun.append(len(begun) + 1)
        number = begun[-1]
        if not await patiently_async(lambda: len(begun) > 1, PATIENCE):
            alone.append(number)
        return number

    async def second(number: int) -> int:
        await steps()
        return number

    manager = _manager({"second": ["first"], "first": []}, {"first": first, "second": second})

    async def two_runs(manager: Any, *more: Any) -> list[Any]:
        return list(await asyncio.gather(run(manager, *more), run(manager, *more)))

    outcome = _outcome(bench, _like(run, two_runs), manager, *more, may_fail=True, within=HANGS)
    if outcome.error is not None:
        raise NotYet("shared", what=error_in_words(with_causes(outcome.error)[-1]))
    returned = outcome.returned()
    found = [sorted(map(repr, dict(results).items())) for results in returned]
    if alone:
        raise NotYet("runs-queue")
    if sorted(found) != [[repr(("first", n)), repr(("second", n))] for n in (1, 2)]:
        raise NotYet("shared", what="results of the one in the other")


def _look_at_failure(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """A task fails: the run ends with its error, nothing behind it is run, and nothing is left running."""
    for sync, error in ((set[str](), TaskFailed), ({"charge"}, ValueError)):
        probe = Probe(SHOP, sync=sync, fails={"charge"}, error=error, slow="pack")
        probe.holds("charge", until="pack")
        probe.outlasts("pack", "charge")
        if not more:  # that nothing goes on is a promise of run alone
            probe.winds_up("pack")
        _look_at_one_failure(bench, run, probe, *more)
    for failed in ("reserve", "mail"):
        _look_at_one_failure(bench, run, Probe(SHOP, fails={failed}, error=KeyError), *more)
    _look_at_one_failure(bench, run, Probe(WIDE, sync={"call 3"}, fails={"call 1", "call 3"}), *more)


def _look_at_one_failure(bench: Bench, run: Callable[..., Any], probe: Probe, *more: Any) -> None:
    manager = _manager(probe.after, probe.tasks)
    outcome = _outcome(bench, run, manager, *more, probe=probe, may_fail=True, within=HANGS)
    for failed in probe.errors:
        for name in probe.after:
            if failed in before(probe.after, name) and probe.given[name]:
                raise NotYet("ran-anyway", failed=failed, name=name)
    _look_for_error(outcome, probe)
    if outcome.left:
        raise NotYet("left-behind", what=say("{name} failed.", name=next(iter(probe.errors))))


def _look_for_error(outcome: _Outcome, probe: Probe) -> None:
    """The run ended with the error of a task that failed."""
    if outcome.hangs:
        raise NotYet("hangs")
    error = next(iter(probe.errors.values()))
    said = {"failed": next(iter(probe.errors)), "error": error_in_words(error)}
    if outcome.error is None:
        raise NotYet("error-lost", **said, what="nothing was raised")
    if not any(each is one for each in grouped(outcome.error) for one in probe.errors.values()):
        raise NotYet("error-lost", **said, what=f"{error_in_words(outcome.error)} was raised")


def _look_at_cancelling(bench: Bench, run: Callable[..., Any]) -> None:
    """A run that is cancelled takes its tasks along."""
    probe = Probe({"one": [], "two": []})
    probe.lingers("one")
    probe.winds_up("one")
    manager = _manager(probe.after, probe.tasks)
    outcome = _outcome(bench, run, manager, probe=probe, cancel=True, within=HANGS)
    if outcome.hangs or outcome.left:
        raise NotYet("left-behind", what=say("A run was cancelled."))


def _look_at_refusal(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """A graph that cannot run is refused before anything runs."""
    for graph, what in (
        ({**SHOP, "charge": ["reserve", "ship"]}, say("charge and ship wait for each other.")),
        ({**SHOP, "ship": ["charge", "pakc"]}, say("ship waits for pakc, which no task is called.")),
        (dict(reversed(LATE.items())), say("ship waits for pakc, which no task is called.")),
    ):
        probe = Probe(graph)
        for name in graph:
            probe.lingers(name)  # who has called one is seen, whatever would come of it
        manager = _manager(graph, probe.tasks)
        outcome = _outcome(bench, run, manager, *more, probe=probe, may_fail=True, cancel=True, within=HANGS)
        ran = [name for name, calls in probe.given.items() if calls]
        if ran or outcome.error is None:
            raise NotYet("not-refused", what=what, name=", ".join(ran) or "nothing")


class _Outcome:
    """How a run of the learner's function came to an end."""

    def __init__(self) -> None:
        self.value: Any = None
        self.error: Exception | None = None
        self.hangs = False
        self.left = False

    def returned(self) -> Any:
        """What it returned.

        Raises:
            NotYet: it did not come to an end.
            Exception: what it raised.
        """
        if self.hangs:
            raise NotYet("hangs")
        return self.value


def _outcome(
    bench: Bench,
    run: Callable[..., Any],
    *given: Any,
    probe: Probe | None = None,
    may_fail: bool = False,
    cancel: bool = False,
    within: float | None = None,
) -> _Outcome:
    """Run the learner's function to its end, and look at what it has left behind on the event loop.

    Args:
        bench: of the check.
        run: the function.
        *given: its arguments.
        probe: whose tasks it runs.
        may_fail: an error of the run is part of the outcome, and not told to the learner as it is.
        cancel: end the run as soon as a task has begun.
        within: what it is given to come to an end, in looks; else the engine ends what never does.
    """
    outcome = _Outcome()

    async def begin(*given: Any) -> Any:
        result = run(*given)
        return await result if inspect.isawaitable(result) else result

    async def observed(*given: Any) -> None:
        ours = asyncio.all_tasks()
        work = asyncio.ensure_future(begin(*given))
        work.add_done_callback(lambda work: work.cancelled() or work.exception())  # it is not lost
        if probe is not None:
            probe.loop = asyncio.get_running_loop()
            if cancel:
                await patiently_async(lambda: probe.events or work.done())
                await steps()
                work.cancel()
        if within is None:
            await asyncio.wait([work])
        else:
            watch = asyncio.ensure_future(patiently_async(work.done, within))
            await asyncio.wait([work, watch], return_when=asyncio.FIRST_COMPLETED)
            watch.cancel()
        if not work.done():
            outcome.hangs = True
            work.cancel()
            return
        _note_end(outcome, work, may_fail or cancel)
        await steps()
        outcome.left = any(not task.done() for task in asyncio.all_tasks() - ours - {work})

    bench.run(_like(run, observed), *given)
    return outcome


def _note_end(outcome: _Outcome, work: asyncio.Future[Any], may_fail: bool) -> None:
    if work.cancelled():
        return
    error = work.exception()
    if error is None:
        outcome.value = work.result()
    elif may_fail and isinstance(error, Exception) and not _is_blank(error):
        outcome.error = error
    else:
        raise error


# ---- the class -----------------------------------------------------------------------------------


@exercise("order.side-by-side", wants=("MyTaskManager",))
def check_side_by_side(bench: Bench, MyTaskManager: type) -> dict[str, Any]:
    """The learner's class and the finished one have the same properties."""
    from course import tasks as finished

    if isinstance(MyTaskManager, type) and issubclass(MyTaskManager, finished.TaskManager):
        raise NotYet("not-yours")
    for name in ("add_task", "resolve_dependencies", "run"):
        if isinstance(MyTaskManager, type) and not callable(getattr(MyTaskManager, name, None)):
            raise NotYet("no-method", name=name)
    for make in (finished.TaskManager, MyTaskManager):
        for miss, has_property in _PROPERTIES.items():
            problem = has_property(bench, make)
            if problem is not None and make is finished.TaskManager:
                raise AssertionError(f"the finished manager: {miss}: {problem}")
            if problem is not None:
                raise NotYet(miss, problem=problem)
    probe = Probe(SHOP)
    results = bench.run(_fill(bench, MyTaskManager, SHOP, probe.tasks).run)
    for name in SHOP:
        if not isinstance(results, Mapping) or results.get(name) != result_of(name):
            got = in_words(results.get(name)) if isinstance(results, Mapping) else in_words(results)
            raise NotYet("no-results", name=name, got=got)
    probe = Probe(ONE)
    more = set(bench.run(_fill(bench, MyTaskManager, ONE, probe.tasks).run)) - set(ONE)
    if more:
        raise NotYet("shares-results", problem=min(map(str, more)))
    return {"order": ", ".join(_order(bench, _fill(bench, MyTaskManager, SHOP)))}


def _order(bench: Bench, manager: Any) -> list[str]:
    order = bench.run(manager.resolve_dependencies)
    if not _can_be_listed(order):
        raise NotYet("no-order", problem=in_words(order))
    return list(map(str, order))


def _orders_the_graph(bench: Bench, make: Callable[[], Any]) -> str | None:
    for graph in (SHOP, TIES):
        order = _order(bench, _fill(bench, make, graph))
        if sorted(order) != sorted(graph) or _first_too_early(graph, order):
            return ", ".join(order) or "nothing"
    return None


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
    return None if _order(bench, other) == ["only"] and "only" not in _order(bench, one) else "only"


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


def _runs_again(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP)
    manager = _fill(bench, make, SHOP, probe.tasks)
    for _ in range(2):
        bench.run(manager.run)
    return next((name for name, calls in probe.given.items() if len(calls) != 2), None)


_PROPERTIES: dict[str, Callable[[Bench, Callable[[], Any]], str | None]] = {
    "shares-tasks": _shares_nothing,
    "no-order": _orders_the_graph,
    "takes-a-name-twice": _refuses_a_name_twice,
    "takes-an-unknown-name": _refuses_an_unknown_name,
    "takes-a-circle": _refuses_a_circle,
    "hands-on-nothing": _hands_results_on,
    "one-by-one": _runs_side_by_side,
    "runs-once": _runs_again,
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
    return _attempt(bench, function, *args)[1]


def _attempt(bench: Bench, function: Callable[..., Any], *args: Any) -> tuple[Any, Exception | None]:
    """What the learner's function returns, or the exception that it raises."""

    def attempt(*args: Any) -> tuple[Any, Exception | None]:
        try:
            return function(*args), None
        except Exception as error:
            if _is_blank(error):
                raise
            return None, error

    found: tuple[Any, Exception | None] = bench.run(_like(function, attempt), *args)
    return found


def _is_graph_error(error: BaseException) -> bool:
    """Whether it is one by the learner's definition, or by that of the course."""
    return any(kind.__name__ == "GraphError" for kind in type(error).__mro__)


def _names(returned: Any) -> list[Any]:
    """A list of names, as the learner's function returned it."""
    if not _can_be_listed(returned):
        raise NotYet("not-a-list", got=in_words(returned))
    names = list(returned)
    if others := [each for each in names if not isinstance(each, str)]:
        raise NotYet("not-names", got=in_words(others[0]))
    return names


def _can_be_listed(value: Any) -> bool:
    """Whether it can be taken for some names; a single one would come apart into letters."""
    return isinstance(value, Iterable) and not isinstance(value, str)


def _is_blank(error: BaseException) -> bool:
    """Whether this says that the exercise is not finished."""
    return isinstance(error, BlankTouched | NotImplementedError)


def _like(function: Callable[..., Any], wrapper: Callable[..., Any]) -> Callable[..., Any]:
    """`wrapper` under the learner's function's name and signature, for the engine's messages."""
    if not callable(function):
        return function
    wrapper.__name__ = wrapper.__qualname__ = getattr(function, "__name__", type(function).__name__)
    wrapper.__wrapped__ = function  # type: ignore[attr-defined]
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
    arrows = [f"{name} after {' and '.join(needs) or 'nothing'}" for name, needs in graph.items()]
    if len(arrows) > _MANY_ARROWS:
        arrows[3:] = ["…"]
    return "; ".join(arrows) or "no task at all"


def _arrows(path: Iterable[object]) -> str:
    names = [*map(str, path)]
    return " -> ".join([*names[:3], "…", *names[-3:]] if len(names) > _MANY_ARROWS else names)
