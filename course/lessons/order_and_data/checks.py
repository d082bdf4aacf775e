"""What the exercises of lesson 05 ask of a program: what it does, never how it is written."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import inspect
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from course.lessons.order_and_data import fulfilment, parcel
from course.lessons.order_and_data.hostile import Graph, before, hostile_orders
from course.lessons.order_and_data.probe import (
    PATIENCE,
    Probe,
    TaskFailed,
    error_in_words,
    in_words,
    taken,
)
from course.lessons.order_and_data.runs import (
    can_be_listed,
    manager_of,
    outcome_of,
)
from course.live import Server
from course.practice import Bench, LateTasks, NotYet, exercise, patiently

HELD_SECONDS = 60
"""How long a customer's data waits at a gate at most; the check opens it long before."""


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

    with bench.serve(app, around=lambda _: watched, name="build_data") as server:
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
        raised = outcome_of(bench, diamond, *_four(probe), probe=probe, may_fail=True).error
        if fails != "save" and probe.given["save"]:
            raise NotYet("saved-after-failure", name=fails, got=in_words(*probe.given["save"][0]))
        if raised is None:
            raise NotYet("error-lost", name=fails)


def _four(probe: Probe) -> list[Callable[..., Any]]:
    return [probe.tasks[name] for name in _DIAMOND]


def _draw_diamond(bench: Bench, diamond: Callable[..., Any], probe: Probe) -> None:
    """Run it once, and look at what has to be so in every run."""
    outcome_of(bench, diamond, *_four(probe), probe=probe).returned()
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
        if not can_be_listed(needs):
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
    return list(manager_of(graph).find_cycle())


def _on_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
