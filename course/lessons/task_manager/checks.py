"""What the exercises of lesson 06 ask of a program: what it does, never how it is written."""

from __future__ import annotations

import asyncio
import functools
import inspect
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

from course.lessons.order_and_data.hostile import Graph, before
from course.lessons.order_and_data.probe import (
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
    every_way,
    grouped,
    in_form,
    in_words,
    result_of,
    steps,
    taken,
    with_causes,
)
from course.lessons.order_and_data.runs import (
    Outcome,
    can_be_listed,
    is_blank,
    manager_of,
    named_like,
    nothing,
    outcome_of,
)
from course.lessons.order_and_data.worked import TaskManager
from course.live.signature import signature_of
from course.practice import Bench, NotYet, exercise, patiently_async
from course.words import say, strung

HANGS = 2.0
"""What a run is given to come to an end, in looks (see ``patiently``); more than any of its tasks waits."""

ONE: dict[str, list[str]] = {"alone": []}

_RUNS = 3
"""Runs of one manager at the same time."""

_MANY_ARROWS = 20

_LONG_NAME = "send the confirmation to the customer"

ODD_RESULTS: dict[str, Any] = {"reserve": 0, "charge": None, "pack": [], "ship": "", "invoice": [1, 2]}
"""What tasks may return, too."""


_AWAITED = "what came of awaiting a result"


class Awaitable:
    """A result that could be awaited, which is nobody's business."""

    def __await__(self) -> Generator[None, None, str]:
        yield
        return _AWAITED


OBJECTS: dict[str, Any] = {
    "reserve": TaskFailed("returned, not raised"),
    "charge": {"cents": 450},
    "pack": Awaitable(),
    "ship": False,
    "invoice": nothing,
}
"""What tasks may return as well, and a run hands on and returns: these very objects."""


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
            if more == ([name],):
                miss = "refused-itself"
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
    lists = [node.depends_on for node in manager.tasks.values() if isinstance(node.depends_on, list)]
    if len(set(map(id, lists))) < len(lists):
        raise NotYet("one-list-for-two")
    add("itself", ["itself"], by="again")
    named_twice = ["patrol", "mail", "", "patrol"]
    add("patrol", iter(named_twice))
    _look_at_entry(manager, "patrol", spies["patrol"].function, spies["patrol"].called, named_twice, True)
    add("twin", by="reserve")
    add("", by="reserve")
    charge, reserve, again = (spies[name].function for name in ("charge", "reserve", "again"))
    for name, first, second, more in (
        ("charge", charge, again, ["mail"]),
        ("charge", charge, again, ["mail"]),
        ("charge", charge, charge, ["reserve"]),
        ("reserve", reserve, again, []),
    ):
        _look_at_taken(bench, add_task, manager, name, first, second, more)
    if error := _error_of(bench, add_task, TaskManager(), "charge", spies["again"]):
        raise NotYet("shared-names", error=error_in_words(error))


def _look_at_taken(
    bench: Bench,
    add_task: Callable[..., Any],
    manager: Any,
    name: str,
    first: object,
    second: object,
    more: list[str],
) -> None:
    """The name is taken: refused by name, and the first one stays."""
    needs = list(manager.tasks[name].depends_on)
    error = _error_of(bench, add_task, manager, name, second, more)
    entry = manager.tasks.get(name)
    replaced = entry is None or entry.task is not first or list(entry.depends_on) != needs
    if error is None:
        unseen = first is second and more == needs
        raise NotYet("same-again" if unseen else "replaced" if replaced else "dropped", name=name)
    if replaced:
        raise NotYet("replaced-and-refused", name=name)
    if not _is_graph_error(error):
        raise NotYet("other-error", name=name, error=error_in_words(error))
    if name not in str(error):
        raise NotYet("unnamed", name=name, error=error_in_words(error))


def _look_at_entry(
    manager: Any, name: str, task: object, called: bool, needs: list[str], by_iterator: bool = False
) -> None:
    if called:
        raise NotYet("called", name=name)
    entry = manager.tasks.get(name) if isinstance(manager.tasks, dict) else None
    if entry is None or not hasattr(entry, "task") or not hasattr(entry, "depends_on"):
        raise NotYet("not-remembered", name=name)
    if entry.task is not task:
        raise NotYet("wrong-task", name=name)
    kept = entry.depends_on
    in_order = can_be_listed(kept) and not isinstance(kept, set | frozenset)
    if not in_order or list(kept) != needs:
        got = in_words(list(kept)) if in_order else in_words(kept)
        miss = "used-up" if by_iterator and in_order and not list(kept) else "wrong-dependencies"
        raise NotYet(miss, name=name, got=got, wanted=in_words(*needs))


@exercise("order.check-names", wants=("check_names",))
def check_check_names(bench: Bench, check_names: Callable[..., Any]) -> None:
    """Every unknown name is refused wherever it stands, with who waits for it; nothing else is."""
    _no_coroutine(check_names)
    for graph in (*FREE, *CIRCLES, *_EIGHTS, _NAMED_TWICE, *_ITSELF):
        manager = manager_of(graph)
        _, error = _attempt(bench, check_names, manager)
        if error is not None and not _is_graph_error(error):
            bench.run(check_names, manager_of(graph))  # a mistake of its own, told as it is
        if error is not None:
            if itself := [name for name, needs in graph.items() if name in needs]:
                raise NotYet("refuses-itself", task=itself[0], error=error_in_words(error))
            raise NotYet("refuses-known", graph=_drawn(graph), error=error_in_words(error))
        _look_for_changes(manager, graph)
    lists = (["pakc"], ["pack", "pakc"], ["pakc", "pack"], ["pack", "pakc", "reserve"])
    for task, needs in itertools.product(("reserve", "ship", "mail"), lists):
        _look_at_unknown(bench, check_names, task, needs, "pakc")
    for unknown in ("Pack", "pac", "pack ", ""):
        _look_at_unknown(bench, check_names, "ship", [unknown], unknown)
    _look_at_unknown(bench, check_names, _LONG_NAME, ["reserve", f"{_LONG_NAME} too"], f"{_LONG_NAME} too")
    _look_at_unknown(bench, check_names, "the last one", ["pakc"], "pakc", among=MANY)
    for graph in (*CIRCLES, *_ITSELF):
        for task in graph:
            miss = "accepts-on-a-cycle" if task in before(graph, task) else "accepts-unknown"
            _look_at_unknown(bench, check_names, task, [*graph[task], "pakc"], "pakc", graph, miss)
    _look_at_unknown(
        bench, check_names, "ship", [nothing.__name__], nothing.__name__
    )  # every task's function
    manager = manager_of(SHOP)
    bench.run(check_names, manager)
    manager.tasks["ship"].depends_on.append("pakc")
    if _error_of(bench, check_names, manager) is None:
        raise NotYet("looks-once")


def _look_at_unknown(
    bench: Bench,
    check_names: Callable[..., Any],
    task: str,
    needs: list[str],
    unknown: str,
    among: Graph = SHOP,
    miss: str = "accepts-unknown",
) -> None:
    graph = {**among, task: needs}
    manager = manager_of(graph)
    error = _error_of(bench, check_names, manager)
    said = {"task": task, "needs": ", ".join(map(repr, needs)), "unknown": repr(unknown)}
    if error is None:
        raise NotYet(miss, **said, graph=_drawn(graph))
    said["error"] = error_in_words(error)
    if unknown not in str(error):
        raise NotYet("does-not-say-what", **said)
    if task not in str(error):
        raise NotYet("does-not-say-who", **said)
    if not _is_graph_error(error):
        raise NotYet("other-error", **said)
    _look_for_changes(manager, graph)


def _look_for_changes(manager: Any, graph: Graph) -> None:
    """Same tasks, in the same order, each with its list; a message draws only those that changed."""
    now = _after(manager)
    kept = list(now.items()) == [(name, list(needs)) for name, needs in graph.items()]
    if not kept or not all(isinstance(node.depends_on, list) for node in manager.tasks.values()):
        changed = {name for name, needs in now.items() if needs != list(graph.get(name, ()))}
        if list(now) != list(graph) or not changed:
            changed = {*now, *graph}
        was, is_now = (
            _drawn({name: each[name] for name in each if name in changed}) for each in (graph, now)
        )
        raise NotYet(
            "changed", graph=was, after=is_now if is_now != was else say("the same, but not in lists")
        )


@exercise("order.find-cycle", wants=("find_cycle",))
def check_find_cycle(bench: Bench, find_cycle: Callable[..., Any]) -> None:
    """A closed path along arrows where there is a circle, nothing where there is none."""
    _no_coroutine(find_cycle)
    for graph in (*FREE, _NAMED_TWICE, *every_way(_DETOUR)):
        _look_at_path(bench, find_cycle, manager_of(graph), graph, free=True)
    for graph in (*CIRCLES, LONG, *_EIGHTS, *every_way(_BEHIND)):
        _look_at_path(bench, find_cycle, manager_of(graph), graph, free=False)
    changing = manager_of(SHOP)
    for needs in (["reserve", "ship"], ["reserve"], ["reserve", "mail"]):
        changing.tasks["charge"].depends_on = needs
        graph = {**SHOP, "charge": needs}
        try:
            _look_at_path(bench, find_cycle, changing, graph, free=len(needs) == 1)
        except NotYet:
            _look_at_path(bench, find_cycle, manager_of(graph), graph, free=len(needs) == 1)
            raise NotYet("remembered", graph=_drawn(graph)) from None


_TWO_ALONE: Graph = {"charge": ["ship"], "ship": ["charge"]}

# Circles that meet in one task, and a task without letters on a circle.
_EIGHTS: list[Graph] = [
    {"ask": ["bill", "cook"], "bill": ["ask"], "cook": ["ask"]},
    {"cook": ["ask"], "bill": ["ask"], "ask": ["cook", "bill"]},
    {"": ["ask"], "ask": [""]},
]
_ITSELF: list[Graph] = [
    {"ask": [], "wait": ["ask", "wait"]},
    {"wait": ["wait", "ask"], "ask": []},
]
# A short and a long way to the same task, and a circle behind a task that is on none.
_DETOUR = {"mail": ["reserve", "ship"], "ship": ["pack"], "pack": ["reserve"], "reserve": []}
_BEHIND = {"mail": ["ship"], "ship": ["reserve", "charge"], "charge": ["ship"], "reserve": []}
_NAMED_TWICE: Graph = {"ask": [], "bill": ["ask", "ask"], "cook": ["bill", "ask", "bill"]}
_NAMED_AGAIN: Graph = {"ask": [], "bill": ["ask"], "cook": ["bill"], "serve": ["ask", "ask", "cook"]}
"""Here ``serve`` is ready too early for whoever counts ``ask`` down twice."""


def _look_at_path(
    bench: Bench, find_cycle: Callable[..., Any], manager: Any, graph: Graph, free: bool
) -> None:
    """What it says of one graph, which has a circle or is free of them."""
    found, error = _attempt(bench, find_cycle, manager)
    if error is not None and not _is_graph_error(error):
        bench.run(find_cycle, manager_of(graph))  # a mistake of its own, told as it is
    if error is not None:
        raise NotYet("raises", graph=_drawn(graph), error=error_in_words(error))
    path = _names(found)
    _look_for_changes(manager, graph)
    if free:
        if path:
            miss = "counted-twice" if graph == _NAMED_TWICE else "false-alarm"
            raise NotYet(miss, graph=_drawn(graph), path=_arrows(path))
        return
    if not path:
        of_two = graph == _TWO_ALONE
        known = manager_of(graph).find_cycle()
        raise NotYet("missed-two" if of_two else "missed", graph=_drawn(graph), path=_arrows(known))
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
    for graph in (*FREE, unrelated, _NAMED_TWICE, _NAMED_AGAIN):
        manager = manager_of(graph)
        order, error = _attempt(bench, resolve_dependencies, manager)
        if error is not None and not _is_graph_error(error):
            bench.run(resolve_dependencies, manager_of(graph))  # a mistake of its own, told as it is
        if error is not None:
            miss = "counted-twice" if graph in (_NAMED_TWICE, _NAMED_AGAIN) else "false-alarm"
            raise NotYet(miss, graph=_drawn(graph), error=error_in_words(error))
        _look_at_order(graph, _names(order))
        _look_for_changes(manager, graph)
    manager = manager_of(unrelated)
    bench.run(resolve_dependencies, manager)
    manager.add_task("later", nothing, ["a"])
    if "later" not in _names(bench.run(resolve_dependencies, manager)):
        raise NotYet("remembered")
    manager.tasks["c"].depends_on = ["later"]
    if _first_too_early(_after(manager), _names(bench.run(resolve_dependencies, manager))):
        raise NotYet("remembered")
    crowd: dict[str, list[str]] = {f"guest {7 * number % 40}": [] for number in range(40)}
    for graph in (*FREE, unrelated, crowd, _NAMED_TWICE, _NAMED_AGAIN):
        order, wanted = _names(bench.run(resolve_dependencies, manager_of(graph))), manager_of(graph)
        if order != (served := wanted.resolve_dependencies()):
            raise NotYet(
                "not-as-registered", graph=_drawn(graph), got=", ".join(order), wanted=", ".join(served)
            )
    for graph in CIRCLES:
        manager = manager_of(graph)
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
        raise NotYet("not-all-once", graph=_drawn(graph), got=", ".join(map(str, order)) or say("nothing"))
    wrong = _first_too_early(graph, order)
    if wrong and not _first_too_early(graph, order[::-1]):
        raise NotYet("backwards", graph=_drawn(graph), got=", ".join(order))
    if wrong:
        said = {"graph": _drawn(graph), "got": ", ".join(order), "name": wrong[0], "need": wrong[1]}
        if twice := _twice(graph[wrong[0]]):
            raise NotYet("counted-down-twice", **said, twice=twice[0])
        raise NotYet("too-early", **said)


def _twice(needs: Sequence[str]) -> list[str]:
    """The names that are there more than once."""
    return [need for need, times in Counter(needs).items() if times > 1]


def _look_at_misspelt(bench: Bench, resolve_dependencies: Callable[..., Any]) -> None:
    for graph in (
        {**SHOP, "ship": ["charge", "pakc"]},
        {"ship": ["pakc"], "charge": ["mail"], "mail": ["charge"]},
    ):
        error = _error_of(bench, resolve_dependencies, manager_of(graph))
        if error is None or not _is_graph_error(error) or not {"ship", "pakc"} <= _words(str(error)):
            said = error_in_words(error) if error is not None else say("nothing")
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
    words = [word for word in re.findall(r"\w+", said) if word in graph]
    names = [name for name, _ in itertools.groupby(words)]  # one arrow a line says most of them twice
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
    _look_for_what_is_used_once(bench, arguments_for)
    graph = {**SHOP, "report": ["ship", "charge", "reserve", "invoice"], "repeat": ["pack", "charge", "pack"]}
    manager = manager_of(graph)
    done = [*_DONE]
    tuples = {name: (name, number) for number, name in enumerate(done)}
    earlier: dict[str, list[list[Any]]] = defaultdict(list)
    for returns in ({name: result_of(name) for name in done}, {**ODD_RESULTS, "ship": None}, tuples, OBJECTS):
        for name in ("charge", "reserve", "invoice", "ship", "mail", "report", "repeat"):
            wanted = [returns[need] for need in graph[name]]
            _look_at_arguments(bench, arguments_for, manager, name, returns, done, earlier[name])
            _look_for_changes(manager, graph)
            earlier[name].append(wanted)


_DONE = ("reserve", "charge", "pack", "invoice", "ship")
"""In the order in which they ended: charge was quicker than pack."""


def _look_for_what_is_used_once(bench: Bench, arguments_for: Callable[..., Any]) -> None:
    """A result that one task only waits for stays in the results, too."""
    results = {name: result_of(name) for name in _DONE}
    for name in SHOP:
        given = dict(results)
        bench.run(arguments_for, manager_of(SHOP), name, given)
        if [*given.items()] != [*results.items()]:
            raise NotYet("results-changed", name=name)


def _nothing_returned(function: Callable[..., Any]) -> NotYet:
    return NotYet("engine.returned-nothing", name=getattr(function, "__name__", "arguments_for"))


def _look_at_arguments(
    bench: Bench,
    arguments_for: Callable[..., Any],
    manager: Any,
    name: str,
    returns: Mapping[str, Any],
    done: list[str],
    earlier: list[list[Any]],
) -> None:
    needs = manager.tasks[name].depends_on[:]
    so_far = done if name in ("mail", "report", "repeat") else done[: done.index(name)]
    results = {each: returns[each] for each in so_far}
    given = bench.run(arguments_for, manager, name, results)
    if given is None:
        raise NotYet("nothing-for-nothing", name=name) if not needs else _nothing_returned(arguments_for)
    if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
        raise NotYet("not-a-list", name=name, got=type(given).__name__)
    given, wanted = list(given), [returns[need] for need in needs]
    if list(results.items()) != [(each, returns[each]) for each in so_far]:
        raise NotYet("results-changed", name=name)
    said = {"name": name, "got": in_words(*given), "wanted": in_words(*wanted)}
    if _are_the_same(given, wanted):
        return
    if any(_are_the_same(given, each) for each in earlier):
        raise NotYet("of-an-earlier-call", **said)
    if given == wanted:
        raise NotYet("copied", **said)
    if given and given == needs:
        raise NotYet("names", **said)
    if (twice := _twice(needs)) and _are_the_same(given, [returns[need] for need in dict.fromkeys(needs)]):
        raise NotYet("handed-on-once", **said, need=twice[0])
    if len(wanted) == 1 and isinstance(wanted[0], Iterable) and given == [*wanted[0]]:
        raise NotYet("unpacked", **said)
    if len(given) < len(wanted) and given == [value for value in wanted if value]:
        raise NotYet("dropped", **said)
    if sorted(map(repr, given)) == sorted(map(repr, wanted)):
        raise NotYet("order-of-finishing", **said)
    if len(given) > len(wanted) and given != [wanted]:
        raise NotYet("too-many", **said)
    raise NotYet("other", **said)


def _are_the_same(given: list[Any], wanted: list[Any]) -> bool:
    return len(given) == len(wanted) and all(a is b for a, b in zip(given, wanted, strict=True))


# ---- running -------------------------------------------------------------------------------------


def _telling_of_a_default(check: Callable[..., Any]) -> Callable[..., Any]:
    """The check; says so when a run found what another had left in the default value of a parameter."""

    @functools.wraps(check)
    def checked(bench: Bench, **wanted: Any) -> Any:
        kept = [(*each, _content(each[1])) for thing in wanted.values() for each in _defaults_of(thing)]
        try:
            return check(bench, **wanted)
        except NotYet as miss:
            for parameter, value, content in kept if miss.miss in _LEFT_BY_ANOTHER else ():
                if not _are_the_same(_content(value), content):
                    kind = type(value).__name__
                    raise NotYet("kept-in-a-default", parameter=parameter, kind=kind) from None
            raise

    return checked


_LEFT_BY_ANOTHER = {"shared", "stale", "runs-once", "remembered", "hands-on-other-results", "changes-results"}
_LEFT_BY_ANOTHER |= {"shares-tasks", "shares-results", "mixes-managers"}


def _defaults_of(thing: Any) -> list[tuple[str, Any]]:
    """The parameters, of a function or of a class's own, whose default values can be changed; with these."""
    functions = filter(inspect.isfunction, vars(thing).values()) if isinstance(thing, type) else [thing]
    signatures = filter(None, map(signature_of, functions))
    parameters = [each for signature in signatures for each in signature.parameters.values()]
    return [(each.name, each.default) for each in parameters if isinstance(each.default, dict | list | set)]


def _content(value: Mapping[Any, Any] | Iterable[Any]) -> list[Any]:
    """What is in it; of a dict keys and values."""
    return [*itertools.chain(*value.items())] if isinstance(value, Mapping) else [*value]


@exercise("order.run-in-order", wants=("run_in_order",))
@_telling_of_a_default
def check_run_in_order(bench: Bench, run_in_order: Callable[..., Any]) -> None:
    """Each task once, never two at a time, with its arguments; def tasks off the event loop."""
    for graph, sync, returns in (
        (SHOP, set(), {}),
        (SHOP, {"charge", "ship"}, {}),
        (dict(reversed(SHOP.items())), {"pack"}, ODD_RESULTS),
        (SHOP, {"pack"}, OBJECTS),
        (ONE, set(), {}),
    ):
        probe = Probe(graph, sync=sync, returns=returns)
        manager = manager_of(graph, probe.tasks)
        results = outcome_of(bench, _telling_what_is_missing(run_in_order), manager, probe=probe).returned()
        _look_at_run(probe, results)
        if probe.most_at_once > 1:
            raise NotYet("overlap")
        _look_for_second_run(bench, run_in_order, manager, probe)
    _look_for_neighbours(bench, run_in_order)
    for graph in FREE:
        probe = Probe(graph)
        manager = manager_of(graph, probe.tasks)
        _look_at_run(probe, outcome_of(bench, run_in_order, manager, probe=probe).returned())
    for failed, sync, error in (
        ("charge", set(), TaskFailed),
        ("charge", {"charge"}, ValueError),
        ("mail", set(), KeyError),
        ("ship", {"ship"}, ConnectionError),
        ("charge", set(), TimeoutError),
    ):
        probe = Probe(SHOP, sync=sync, fails={failed}, error=error)
        outcome = outcome_of(bench, run_in_order, manager_of(SHOP, probe.tasks), probe=probe, may_fail=True)
        _look_for_tries(probe)
        later = probe.events[probe.started(failed) + 2 :] if probe.given[failed] else []
        if later:
            raise NotYet("went-on", failed=failed, name=later[0][1])
        _look_for_error(outcome, probe)
        if outcome.error is not probe.errors[failed]:
            wanted, what = error_in_words(probe.errors[failed]), say("nothing was raised")
            if outcome.error:
                what = say("{error} was raised", error=_alone_or_grouped(outcome.error))
            raise NotYet("error-lost", failed=failed, error=wanted, what=what)
    _look_at_twins(bench, run_in_order)
    _look_at_object(bench, run_in_order)
    _look_at_forms(bench, run_in_order)
    _look_at_named_twice(bench, run_in_order, within=None)
    _look_at_what_was_returned(bench, run_in_order)
    _look_at_two_runs(bench, run_in_order, may_queue=True)
    _look_at_next_run(bench, run_in_order)
    _look_at_refusal(bench, run_in_order)
    _look_at_changed_tasks(bench, run_in_order)


def _look_at_what_was_returned(bench: Bench, run_in_order: Callable[..., Any]) -> None:
    """What a run has returned stays as it is when the next run comes."""
    manager = manager_of(_MAKE_AND_USE, _numbered([]))

    async def two_runs(manager: Any) -> list[dict[str, Any]]:
        first = await run_in_order(manager)
        was = dict(first)
        await run_in_order(manager)
        return [was, dict(first)]

    was, is_now = outcome_of(bench, named_like(run_in_order, two_runs), manager, within=HANGS).returned()
    if was != is_now:
        raise NotYet("changes-results", was=was["make"], got=in_words(is_now.get("make")))


def _look_for_neighbours(bench: Bench, run_in_order: Callable[..., Any]) -> None:
    """Tasks of both kinds that need nothing of each other: no two at a time, whichever kinds they are."""
    names = ("def 1", "async 1", "async 2", "def 2", "def 3")
    probe = Probe({name: [] for name in names}, sync={name for name in names if name.startswith("def")})
    probe.looks_for_others(*names)
    manager = manager_of(probe.after, probe.tasks)
    _look_at_run(probe, outcome_of(bench, run_in_order, manager, probe=probe).returned())
    if probe.most_at_once > 1:
        raise NotYet("overlap")


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

    return named_like(run_in_order, run)


@exercise("order.run", wants=("run",))
@_telling_of_a_default
def check_run(bench: Bench, run: Callable[..., Any]) -> None:
    """As soon as all it waits for is done, and not before; several runs at once; an end if a task fails."""
    for sync, slow in (
        (set(), "charge"),
        ({"charge", "pack", "mail"}, "pack"),
        ({"pack"}, ""),
        ({"charge"}, ""),
    ):
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
        for sync in ({"quick"}, {"slow"}):
            probe = Probe(graph, sync=sync)
            probe.meet("slow", "quick")
            _look_at_run(probe, _finished(bench, run, probe))
            if probe.alone:
                raise NotYet("one-by-one", first="slow", second="quick")
        _look_beside_a_slow_one(bench, run, graph, ["after_quick"])
    for graph in (_JOINS, dict(reversed(_JOINS.items()))):
        _look_beside_a_slow_one(bench, run, graph, ["two", "both", "all"])
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
    outcome = outcome_of(bench, run, manager_of(MANY, probe.tasks), probe=probe, within=HANGS)
    if probe.alone:
        raise NotYet("held-back", number=len(many), count=probe.most_at_once)
    _look_at_run(probe, outcome.returned())
    for returns in (
        ODD_RESULTS,
        OBJECTS,
        {**OBJECTS, "reserve": True},
        {"charge": "the same", "pack": "the same"},
    ):
        probe = Probe(SHOP, sync={"pack"}, returns=returns)
        manager = manager_of(SHOP, probe.tasks)
        outcome = outcome_of(bench, run, manager, probe=probe, within=HANGS)
        if outcome.hangs:
            _look_for_results_that_count_for_nothing(
                probe, {name: result_of(name) for name in SHOP} | returns
            )
        _look_at_run(probe, outcome.returned())
        _look_for_second_run(bench, run, manager, probe)
    _look_at_two_runs(bench, run)
    _look_at_next_run(bench, run)
    _look_at_twins(bench, run)
    _look_at_object(bench, run)
    _look_at_forms(bench, run)
    probe = Probe(ONE)
    _look_at_run(probe, _finished(bench, run, probe))
    _look_at_named_twice(bench, run)
    _look_at_failure(bench, run)
    _look_at_cancelling(bench, run)
    _look_at_refusal(bench, run)
    _look_at_changed_tasks(bench, run)


_JOINS: dict[str, list[str]] = {
    "slow": [],
    "one": [],
    "two": ["one"],
    "both": ["one", "two"],
    "all": ["one", "two", "both"],
}


def _look_beside_a_slow_one(
    bench: Bench, run: Callable[..., Any], graph: Graph, names: Sequence[str]
) -> None:
    """These, which do not wait for ``slow``, start before it ends."""
    probe = Probe(graph)
    probe.holds("slow", until=names)
    _look_at_run(probe, _finished(bench, run, probe))
    if probe.alone:
        late = next((name for name in names if probe.ended_before("slow", name)), names[-1])
        raise NotYet("queues-up", name=late, needs=", ".join(graph[late]))


@exercise("order.limit", wants=("run_limited",))
@_telling_of_a_default
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
            _look_at_limit(bench, run_limited, WIDE, calls, sync, limit)
    _look_at_limit(bench, run_limited, MANY, [name for name in MANY if MANY[name]], [], 60)
    probe = Probe({"slow": [], "one": [], "two": []})
    probe.holds("slow", until=["one", "two"])
    _finished(bench, run_limited, probe, 2)
    if probe.alone:
        raise NotYet("place-idle", limit=2)
    for graph, slow, others in (
        (CROSSED, "slow", ["after_quick"]),
        (WIDE, calls[0], calls),
        (WIDE, calls[-1], calls),
        (_HALF_READY, "slow", ["later"]),
        ({**_HALF_READY, "join": ["after_slow", "quick"]}, "slow", ["later"]),
        (_JOINS, "slow", ["two", "both", "all"]),
    ):
        probe = Probe(graph)
        probe.holds(slow, until=others)
        _finished(bench, run_limited, probe, 2)
        if probe.alone:
            raise NotYet("place-held", limit=2)
    for returns in (ODD_RESULTS, OBJECTS):
        _look_at_run(
            probe := Probe(SHOP, sync={"pack"}, returns=returns), _finished(bench, run_limited, probe, 2)
        )
    _look_at_one_manager(bench, run_limited)
    _look_at_object(bench, run_limited, 2)
    _look_at_forms(bench, run_limited, 2)
    for form in ("method", "partial", "object"):
        _look_at_limit(bench, run_limited, WIDE, calls, calls[::2], 2, form)
        _look_at_limit(bench, run_limited, WIDE, calls, [], 3, form)
    _look_at_two_runs(bench, run_limited, 1)
    _look_at_next_run(bench, run_limited, 1)
    _look_at_next_run(bench, run_limited, 2)
    _look_at_twins(bench, run_limited, 1)
    _look_at_named_twice(bench, run_limited, 2)
    _look_at_failure(bench, run_limited, 2)
    _look_at_cancelling(bench, run_limited, 2)
    _look_at_refusal(bench, run_limited, 2)
    _look_at_changed_tasks(bench, run_limited, 2)


_HALF_READY: dict[str, list[str]] = {
    "join": ["quick", "after_slow"],
    "slow": [],
    "quick": [],
    "next": ["quick"],
    "later": ["next"],
    "after_slow": ["slow"],
}
"""While ``slow`` is at work, ``join`` waits for one of two, and ``later`` gets ready."""


def _look_at_limit(
    bench: Bench,
    run_limited: Callable[..., Any],
    graph: Graph,
    calls: list[str],
    sync: list[str],
    limit: int,
    form: str = "",
) -> None:
    """Of the tasks that are ready, whatever their form, as many as the limit allows run at the same time."""
    probe = Probe(graph, sync=sync, returns={"start": None, "call 1": 0})
    if form:
        probe.tasks.update({name: in_form(form, probe.tasks[name]) for name in calls})
    at_once = min(limit, len(calls))
    probe.meet(*calls, at_once=at_once)
    results = _finished(bench, run_limited, probe, limit)
    if probe.alone:
        raise NotYet("one-by-one", ready=len(calls), limit=limit, number=at_once, count=probe.most_at_once)
    _look_at_run(probe, results)
    if probe.most_at_once > limit:
        raise NotYet("too-many", limit=limit, count=probe.most_at_once)


def _look_at_one_manager(bench: Bench, run_limited: Callable[..., Any]) -> None:
    """Each run of one manager has the limit that it is given."""
    probe = Probe(WIDE)
    manager = manager_of(WIDE, probe.tasks)

    async def two_limits(manager: Any, limit: int) -> int:
        await run_limited(manager, 3)
        probe.events.clear()
        await run_limited(manager, limit)
        return probe.most_at_once

    most = outcome_of(bench, named_like(run_limited, two_limits), manager, 1, within=HANGS).returned()
    if most > 1:
        raise NotYet("limit-of-the-run-before", count=most)


def _finished(bench: Bench, run: Callable[..., Any], probe: Probe, *more: Any) -> Any:
    """What a run of the probe's graph returns."""
    manager = manager_of(probe.after, probe.tasks)
    return outcome_of(bench, run, manager, *more, probe=probe, within=HANGS).returned()


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
        for need, given in zip(needs, calls[0], strict=False):
            _look_for_awaited(need, given)
        if copied := [
            need for need, given in zip(needs, calls[0], strict=False) if _is_copy(given, probe.result(need))
        ]:
            raise NotYet("copied", name=name, need=copied[0])
        if calls[0] != wanted:
            raise NotYet("arguments", name=name, got=in_words(*calls[0]), wanted=in_words(*wanted))
        if name in probe.sync and probe.on_loop[name]:
            raise NotYet("blocks-the-loop", name=name)
    if not isinstance(results, Mapping):
        raise NotYet("no-results", got=type(results).__name__)
    found = {name: taken(value) for name, value in results.items()}
    for name in probe.after:
        wanted = probe.result(name)
        _look_for_awaited(name, found.get(name))
        if name not in found:
            raise NotYet("no-result", name=name, wanted=in_words(wanted))
        if _is_copy(found[name], wanted):
            raise NotYet("results", name=name, got=say("a copy of what it returned"), wanted=in_words(wanted))
        if found[name] != wanted:
            raise NotYet("results", name=name, got=in_words(found[name]), wanted=in_words(wanted))


def _is_copy(given: Any, wanted: Any) -> bool:
    """Whether it looks like the object that was wanted, and is another one."""
    return given is not wanted and not isinstance(wanted, str) and in_words(given) == in_words(wanted)


def _look_for_awaited(name: str, result: Any) -> None:
    if isinstance(result, str) and result == _AWAITED:
        raise NotYet("awaited-result", name=name)


def _look_at_object(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """An object with an async ``__call__`` is an async task."""
    probe = Probe(_MAKE_AND_USE, objects={"make"})
    results = _finished(bench, run, probe, *more)
    if not probe.given["make"]:
        for each in results.values() if isinstance(results, Mapping) else ():
            taken(each)
        raise NotYet("object-lost", name="make")
    _look_at_run(probe, results)


_MAKE_AND_USE: Graph = {"use": ["make"], "make": []}


def _look_at_forms(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """A task may be a method, a partial, or an object that can be called: `def` and async alike."""
    forms = ("method", "partial", "object", "async method", "async partial")
    what = {
        "method": say("a method"),
        "partial": say("a `functools.partial` of a function"),
        "object": say("an object with a `def __call__`"),
    }
    probe = Probe({"use": [*forms], **{form: [] for form in forms}}, sync=what)
    probe.tasks.update({form: in_form(form.split()[-1], probe.tasks[form]) for form in forms})
    results = _finished(bench, run, probe, *more)
    for each in results.values() if isinstance(results, Mapping) and not all(probe.given.values()) else ():
        taken(each)
    for form in what:
        if probe.on_loop.get(form):
            raise NotYet("other-callable", name=form, what=what[form])
    _look_at_run(probe, results)


def _look_at_named_twice(
    bench: Bench, run: Callable[..., Any], *more: Any, within: float | None = HANGS
) -> None:
    """A task that names another one twice waits for it once, and gets its result twice."""
    for graph, name, need, other in (
        (_NAMED_TWICE, "bill", "ask", ""),
        (_NAMED_AGAIN, "serve", "ask", "cook"),
    ):
        probe = Probe(graph)
        watched = _telling_of(
            KeyError(other), run, NotYet("counted-down-twice", name=name, need=need, other=other)
        )
        manager = manager_of(graph, probe.tasks)
        outcome = outcome_of(bench, watched, manager, *more, probe=probe, within=within)
        if not probe.given[name]:
            raise NotYet("counted-twice", name=name, need=need)
        if other and not probe.ended_before(other, name):
            raise NotYet("counted-down-twice", name=name, need=need, other=other)
        given, needs = probe.given[name][0], graph[name]
        if given == tuple(map(probe.result, dict.fromkeys(needs))):
            wanted = in_words(*map(probe.result, needs))
            raise NotYet("handed-on-once", name=name, need=need, got=in_words(*given), wanted=wanted)
        _look_at_run(probe, outcome.returned())


def _telling_of(known: Exception, run: Callable[..., Any], miss: NotYet) -> Callable[..., Any]:
    """The learner's function; says ``miss`` when it ends with an error like this one, alone or in a group."""

    async def watched(*given: Any) -> Any:
        try:
            result = run(*given)
            return await result if inspect.isawaitable(result) else result
        except Exception as error:
            if any(type(each) is type(known) and each.args == known.args for each in grouped(error)):
                raise miss from None
            raise

    return named_like(run, watched)


def _look_at_changed_tasks(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """Each run looks at the tasks as they are then: a new one runs, an unknown name is refused."""
    ran: list[str] = []
    manager = manager_of(ONE)
    outcome_of(bench, run, manager, *more, within=HANGS).returned()
    manager.add_task("later", lambda: ran.append("later"))
    outcome_of(bench, run, manager, *more, within=HANGS).returned()
    if not ran:
        raise NotYet("remembered", what=say("The new task was not run."))
    manager.add_task("ship", nothing, ["pakc"])
    if outcome_of(bench, run, manager, *more, may_fail=True, within=HANGS).error is None:
        raise NotYet(
            "remembered",
            what=say("The new task waits for pakc, no task is called pakc, and nothing was raised."),
        )


def _look_for_second_run(bench: Bench, run: Callable[..., Any], manager: Any, probe: Probe) -> None:
    """A second run of the same manager runs everything again."""
    before = {name: len(calls) for name, calls in probe.given.items()}
    results = outcome_of(bench, run, manager, probe=probe).returned()
    idle = [name for name, calls in probe.given.items() if len(calls) != before[name] + 1]
    lost = [name for name in probe.after if not isinstance(results, Mapping) or name not in results]
    if idle or lost:
        raise NotYet("runs-once", name=(idle + lost)[0])


def _look_for_results_that_count_for_nothing(probe: Probe, returns: Mapping[str, Any]) -> None:
    """A task did not start, although all that it waits for was called."""
    for name, needs in probe.after.items():
        if needs and not probe.given[name] and all(probe.given[need] for need in needs):
            returned = ", ".join(in_words(returns[need]) for need in needs)
            raise NotYet("not-done", name=name, needs=", ".join(needs), returned=returned)


def _look_for_tries(probe: Probe) -> None:
    """A task that failed is not tried again."""
    for name, error in probe.errors.items():
        if len(probe.given[name]) > 1:
            raise NotYet("tried-again", name=name, error=error_in_words(error), count=len(probe.given[name]))


def _look_at_twins(bench: Bench, run: Callable[..., Any], *limit: int) -> None:
    """One function under two names is two tasks."""
    running: list[int] = []
    most: list[int] = []

    async def task() -> int:
        running.append(1)
        most.append(len(running))
        await steps()
        running.pop()
        return len(most)

    names = ("left", "right", "")
    manager = manager_of(dict.fromkeys(names, ()), dict.fromkeys(names, task))
    results = outcome_of(bench, run, manager, *limit, within=HANGS).returned()
    if len(most) < len(names):
        raise NotYet("left-out", name="right")
    if limit and max(most) > limit[0]:
        raise NotYet("too-many", limit=limit[0], count=max(most))
    for name in names:
        if not isinstance(results, Mapping) or name not in results:
            raise NotYet("no-result", name=name or repr(name), wanted=str(len(names)))
        if results[name] not in (1, 2, 3):
            said = in_words(taken(results[name]))
            raise NotYet("results", name=name or repr(name), got=said, wanted=str(len(names)))


def _look_at_two_runs(bench: Bench, run: Callable[..., Any], *more: Any, may_queue: bool = False) -> None:
    """Runs of one manager at the same time must not see each other's results.

    Unless they ``may_queue``, they must not wait for each other either.
    """
    begun: list[int] = []
    alone: list[int] = []

    async def first() -> int:
        begun.append(len(begun) + 1)
        number = begun[-1]
        if may_queue:
            await steps()
        elif not await patiently_async(lambda: len(begun) == _RUNS, PATIENCE):
            alone.append(number)
        return number

    async def second(number: int) -> int:
        await steps()
        return number

    manager = manager_of({"second": ["first"], "first": []}, {"first": first, "second": second})

    async def two_runs(manager: Any, *more: Any) -> list[Any]:
        return list(await asyncio.gather(*(run(manager, *more) for _ in range(_RUNS))))

    outcome = outcome_of(bench, named_like(run, two_runs), manager, *more, may_fail=True, within=HANGS)
    if outcome.error is not None:
        raise NotYet("shared", what=error_in_words(with_causes(outcome.error)[-1]))
    returned = outcome.returned()
    found = [sorted(map(repr, dict(results).items())) for results in returned]
    if alone:
        raise NotYet("runs-queue")
    if sorted(found) != [[repr(("first", n)), repr(("second", n))] for n in range(1, _RUNS + 1)]:
        raise NotYet("shared", what=say("results of the one in the other"))


def _look_at_next_run(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """The next run in the same asyncio task waits for its own results, and hands on no earlier ones."""
    used: list[int] = []
    manager = manager_of(_MAKE_AND_USE, _numbered(used))
    outcome = outcome_of(bench, _twice_in_a_row(run), manager, *more, within=HANGS)
    if stale := _stale(used, outcome.returned()):
        raise NotYet("stale", **stale)


def _numbered(used: list[int]) -> dict[str, Callable[..., Any]]:
    """Tasks of ``_MAKE_AND_USE``: 1 is made, then 2, each after whoever does not wait for it has begun."""
    made = itertools.count(1)

    async def make() -> int:
        await steps(100)
        return next(made)

    async def use(number: int) -> int:
        used.append(number)
        return number

    return {"make": make, "use": use}


def _twice_in_a_row(run: Callable[..., Any]) -> Callable[..., Any]:
    async def two_runs(*given: Any) -> list[Any]:
        return [dict(await run(*given)) for _ in range(2)]

    return named_like(run, two_runs)


def _stale(used: list[int], returned: list[Any]) -> dict[str, str] | None:
    """What was called with a result of the run before, or returned it."""
    for number, results in enumerate(returned, 1):
        if used[number - 1 : number] != [number]:
            return {"number": str(number), "got": in_words(*used[number - 1 : number])}
        for name in _MAKE_AND_USE:
            if name in results and results[name] != number:
                return {"number": str(number), "got": in_words(results[name])}
    return None


def _look_at_failure(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """A task fails: the run ends with its error, nothing behind it is run, and nothing is left running."""
    for sync, error in ((set[str](), TaskFailed), ({"charge"}, ValueError)):
        probe = Probe(SHOP, sync=sync, fails={"charge"}, error=error, slow="pack")
        probe.holds("charge", until="pack")
        probe.outlasts("pack", "charge")
        probe.winds_up("pack")
        _look_at_one_failure(bench, run, probe, *more)
    for failed in ("reserve", "mail"):
        _look_at_one_failure(bench, run, Probe(SHOP, fails={failed}, error=KeyError), *more)
    for failed, kind in (("ship", ConnectionError), ("charge", TimeoutError)):
        _look_at_one_failure(bench, run, Probe(SHOP, sync={"ship"}, fails={failed}, error=kind), *more)
    _look_at_one_failure(bench, run, Probe(WIDE, sync={"call 3"}, fails={"call 1", "call 3"}), *more)


def _look_at_one_failure(bench: Bench, run: Callable[..., Any], probe: Probe, *more: Any) -> None:
    manager = manager_of(probe.after, probe.tasks)
    outcome = outcome_of(bench, run, manager, *more, probe=probe, may_fail=True, within=HANGS)
    _look_for_tries(probe)
    for failed in probe.errors:
        for name in probe.after:
            if failed in before(probe.after, name) and probe.given[name]:
                raise NotYet("ran-anyway", failed=failed, name=name)
    _look_for_error(outcome, probe)
    if outcome.left:
        raise NotYet("left-behind", what=say("{name} failed.", name=next(iter(probe.errors))))


def _look_for_error(outcome: Outcome, probe: Probe) -> None:
    """The run ended with the error of a task that failed."""
    if outcome.hangs:
        raise NotYet("hangs")
    error = next(iter(probe.errors.values()))
    said = {"failed": next(iter(probe.errors)), "error": error_in_words(error)}
    if outcome.error is None:
        raise NotYet("error-lost", **said, what=say("nothing was raised"))
    if not any(each is one for each in grouped(outcome.error) for one in probe.errors.values()):
        what = say("{error} was raised", error=_alone_or_grouped(outcome.error))
        raise NotYet("error-lost", **said, what=what)


def _alone_or_grouped(error: BaseException) -> str:
    """The error, or those that it groups."""
    single = [each for each in grouped(error) if not isinstance(each, BaseExceptionGroup)]
    return ", ".join(map(error_in_words, single))


def _look_at_cancelling(bench: Bench, run: Callable[..., Any], *more: Any) -> None:
    """A run that is cancelled takes its tasks along."""
    probe = Probe({"one": [], "two": []})
    probe.lingers("one")
    probe.winds_up("one")
    manager = manager_of(probe.after, probe.tasks)
    outcome = outcome_of(bench, run, manager, *more, probe=probe, cancel=True, within=HANGS)
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
        manager = manager_of(graph, probe.tasks)
        outcome = outcome_of(
            bench, run, manager, *more, probe=probe, may_fail=True, cancel=True, within=HANGS
        )
        ran = [name for name, calls in probe.given.items() if calls]
        if ran or outcome.error is None:
            raise NotYet("not-refused", what=what, name=", ".join(ran) or say("nothing"))


# ---- the class -----------------------------------------------------------------------------------


@exercise("order.side-by-side", wants=("MyTaskManager",))
@_telling_of_a_default
def check_side_by_side(bench: Bench, MyTaskManager: type) -> dict[str, Any]:
    """The learner's class and the finished one have the same properties."""
    from course import tasks as finished

    if isinstance(MyTaskManager, type) and issubclass(MyTaskManager, finished.TaskManager):
        raise NotYet("not-yours")
    made = bench.call(MyTaskManager)
    for name in ("add_task", "resolve_dependencies", "run"):
        if not callable(getattr(made, name, None)):
            raise NotYet("no-method", name=name)
    for make in (finished.TaskManager, MyTaskManager):
        for miss, has_property in _PROPERTIES.items():
            problem = has_property(bench, make)
            if problem is not None and make is finished.TaskManager:
                raise AssertionError(f"the finished manager: {miss}: {problem}")
            if problem is not None:
                raise NotYet(miss, problem=problem)
    for returns in ({}, ODD_RESULTS, OBJECTS, {"charge": False}):
        _look_at_results(bench, MyTaskManager, Probe(SHOP, returns=returns))
    probe = Probe(ONE)
    more = set(bench.run(_fill(bench, MyTaskManager, ONE, probe.tasks).run)) - set(ONE)
    if more:
        raise NotYet("shares-results", problem=min(map(str, more)))
    circle = _fill(bench, MyTaskManager, {**SHOP, "charge": ["reserve", "ship"]})
    if outcome_of(bench, circle.run, may_fail=True, within=HANGS).error is None:
        raise NotYet("runs-a-circle", problem="charge, ship")
    _look_at_later_run(bench, MyTaskManager)
    return {"order": ", ".join(_order(bench, _fill(bench, MyTaskManager, SHOP)))}


def _look_at_results(bench: Bench, MyTaskManager: type, probe: Probe) -> None:
    """Whatever the tasks return is handed on and returned: these very objects."""
    results = outcome_of(bench, _fill(bench, MyTaskManager, SHOP, probe.tasks).run, probe=probe).returned()
    for name, needs in SHOP.items():
        given = probe.given[name][0] if probe.given[name] else ()
        for need, each in zip(needs, given, strict=False):
            if _is_copy(each, probe.result(need)):
                raise NotYet("copies", name=need)
        if not isinstance(results, Mapping):
            raise NotYet("no-results", name=name, got=in_words(results))
        if name not in results:
            raise NotYet("loses-results", problem=name)
        if _is_copy(results[name], probe.result(name)):
            raise NotYet("copies", name=name)
        if repr(taken(results[name])) != repr(probe.result(name)):
            raise NotYet("no-results", name=name, got=in_words(taken(results[name])))


def _look_at_later_run(bench: Bench, MyTaskManager: type) -> None:
    """What a run has returned stays as it is, and a task that was added later runs."""
    numbers = itertools.count(1)
    manager = _fill(bench, MyTaskManager, {"number": []}, {"number": lambda: next(numbers)})
    first = bench.run(manager.run)
    bench.run(manager.add_task, "later", nothing, [])
    second = bench.run(manager.run)
    if first.get("number") != 1 or "later" in first:
        raise NotYet("changes-results")
    if second.get("number") != 2:
        raise NotYet("stale", problem=in_words(second.get("number")))
    if "later" not in second:
        raise NotYet("later-task-ignored")
    bench.run(manager.add_task, "ship", nothing, ["pakc"])
    if outcome_of(bench, manager.run, may_fail=True, within=HANGS).error is None:
        raise NotYet("later-name-unchecked")


def _order(bench: Bench, manager: Any) -> list[str]:
    order = bench.run(manager.resolve_dependencies)
    if not can_be_listed(order):
        raise NotYet("no-order", problem=in_words(order))
    return list(map(str, order))


def _orders_the_graph(bench: Bench, make: Callable[[], Any]) -> str | None:
    for graph in (SHOP, TIES):
        order = _order(bench, _fill(bench, make, graph))
        if sorted(order) != sorted(graph) or _first_too_early(graph, order):
            return ", ".join(order) or say("nothing")
    return None


def _refuses_a_name_twice(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP)
    manager = _fill(bench, make, SHOP, probe.tasks)
    refused = _error_of(bench, manager.add_task, "charge", nothing)
    outcome_of(bench, manager.run, may_fail=True, within=HANGS)  # of two tasks, the first one stays
    return None if refused and probe.given["charge"] else "charge"


def _refuses_the_same_again(bench: Bench, make: Callable[[], Any]) -> str | None:
    for needs in (["pack"], SHOP["charge"]):
        probe = Probe(SHOP)
        manager = _fill(bench, make, SHOP, probe.tasks)
        if _error_of(bench, manager.add_task, "charge", probe.tasks["charge"], [*needs]) is None:
            return "charge"
    return None


def _refuses_an_unknown_name(bench: Bench, make: Callable[[], Any]) -> str | None:
    manager = _fill(bench, make, {**SHOP, "ship": ["charge", "pakc"]})
    return None if "pakc" in str(_error_of(bench, manager.resolve_dependencies)) else "pakc"


def _refuses_a_circle(bench: Bench, make: Callable[[], Any]) -> str | None:
    for needs, names in ((["reserve", "ship"], {"charge", "ship"}), (["reserve", "charge"], {"charge"})):
        graph = {**SHOP, "charge": needs}
        refusal = _error_of(
            bench, named_like(make, lambda graph=graph: _filled(make, graph).resolve_dependencies())
        )
        if not names <= _words(str(refusal)):
            itself = say("charge waits for itself.")
            return itself if len(names) == 1 else say("charge and ship wait for each other.")
    return None


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
    for graph, names in ((SHOP, ["charge", "pack"]), (WIDE, _CALLS)):
        probe = Probe(graph)
        probe.meet(*names)
        bench.run(_fill(bench, make, graph, probe.tasks).run)
        if probe.alone:
            return ", ".join(names)
    return None


def _runs_def_side_by_side(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(WIDE, sync={*_CALLS})
    probe.meet(*_CALLS)
    bench.run(_fill(bench, make, WIDE, probe.tasks).run)
    return ", ".join(_CALLS) if probe.alone or any(probe.on_loop[name] for name in _CALLS) else None


def _runs_beside_another(bench: Bench, make: Callable[[], Any]) -> str | None:
    names = ("left", "right")
    for sync in ((), names):
        probe = Probe({name: [] for name in names}, sync=sync)
        probe.meet(*names)
        managers = [_fill(bench, make, {name: []}, probe.tasks) for name in names]

        async def both(managers: list[Any] = managers) -> None:
            await asyncio.gather(*(manager.run() for manager in managers))

        bench.run(named_like(make, both))
        if probe.alone:
            return ", ".join(names)
    return None


def _keeps_managers_apart(bench: Bench, make: Callable[[], Any]) -> str | None:
    """Runs of two managers whose tasks have the same names, at the same time."""
    alone = _fill(bench, make, _MET, dict.fromkeys(_MET, nothing))
    seen = outcome_of(bench, alone.run, may_fail=True, within=HANGS)
    if seen.hangs or seen.error is not None:
        return None  # what this is about is told by another property
    for meeting in (_one_by_one, _one_fails):
        met = _Meeting()
        managers = [_fill(bench, make, _MET, tasks) for tasks in meeting(met)]

        async def both(managers: list[Any] = managers, met: _Meeting = met) -> list[Any]:
            runs = [asyncio.ensure_future(manager.run()) for manager in managers]
            runs[0].add_done_callback(lambda _: met.seen.append("run of left"))
            return await asyncio.gather(*runs, return_exceptions=True)

        outcome = outcome_of(bench, named_like(make, both), within=HANGS)
        if outcome.hangs:
            return say("A run never ended.")
        if problem := met.problem(outcome.value, failing=meeting is _one_fails):
            return problem
    return None


_SIDES = ("left", "right")
_MET: Graph = {"use": ["make", "wait"], "make": [], "wait": []}
_Tasks = dict[str, Callable[..., Any]]


class _Meeting:
    """Two managers that run at the same time: what of both was seen, and what the tasks of each got."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.used: dict[str, list[Any]] = {side: [] for side in _SIDES}

    def task(self, side: str, name: str, *, after: Sequence[str] = (), fails: bool = False) -> Any:
        """A task that ends when all these have been seen."""

        async def task(*given: Any) -> str:
            self.seen.append(f"{name} of {side} begins")
            if name == "use":
                self.used[side].append(given[0] if given else None)
            await patiently_async(lambda: all(each in self.seen for each in after), PATIENCE)
            await steps()
            self.seen.append(f"{name} of {side}")
            if fails:
                raise TaskFailed
            return side

        return task

    def problem(self, returned: Sequence[Any], failing: bool) -> str | None:
        """What went wrong, if anything did."""
        if failing and (isinstance(returned[1], BaseException) or not self.used["right"]):
            return say("A task of one manager failed, and the run of the other one did not come to its end.")
        for side, other, of_side in [] if failing else zip(_SIDES, reversed(_SIDES), returned, strict=True):
            if isinstance(of_side, BaseException):
                return say(
                    "A run ended with this error: {error}.", error=error_in_words(grouped(of_side)[-1])
                )
            if other in self.used[side]:
                return say("A task of one manager was called with what a task of the other one returned.")
            if isinstance(of_side, Mapping) and other in of_side.values():
                return say("The run of one manager returned a result of the other one.")
        return None


def _one_by_one(met: _Meeting) -> list[_Tasks]:
    """What the left one has made lies there when the right one makes its own, and is used later."""
    after = {
        ("right", "make"): ["make of left"],
        ("left", "wait"): ["make of right"],
        ("left", "use"): ["use of right"],
    }
    return [
        {name: met.task(side, name, after=after.get((side, name), ())) for name in _MET} for side in _SIDES
    ]


def _one_fails(met: _Meeting) -> list[_Tasks]:
    """The left one fails while the right one is at work, which goes on when that run is over."""
    left = {name: met.task("left", name) for name in _MET}
    right = {name: met.task("right", name) for name in _MET}
    left["make"] = met.task("left", "make", after=["make of right begins"], fails=True)
    right["make"] = met.task("right", "make", after=["run of left"])
    return [left, right]


def _has_no_stale_results(bench: Bench, make: Callable[[], Any]) -> str | None:
    used: list[int] = []
    manager = _fill(bench, make, _MAKE_AND_USE, _numbered(used))

    async def two_runs() -> None:
        for _ in range(2):
            await manager.run()

    bench.run(named_like(manager.run, two_runs))
    return None if used == [1, 2] else in_words(*used[1:])


_CALLS = [name for name in WIDE if WIDE[name]]


def _runs_again(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP)
    manager = _fill(bench, make, SHOP, probe.tasks)
    results = [bench.run(manager.run) for _ in range(3)]
    return next((name for name, calls in probe.given.items() if len(calls) != len(results)), None)


def _returns_every_result(bench: Bench, make: Callable[[], Any]) -> str | None:
    manager = _fill(bench, make, SHOP, Probe(SHOP).tasks)
    results = [bench.run(manager.run) for _ in range(3)]
    lost = (name for each in results if isinstance(each, Mapping) for name in SHOP if name not in each)
    return next(lost, None)


def _hands_the_same_on_again(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(SHOP)
    manager = _fill(bench, make, SHOP, probe.tasks)
    for _ in range(2):
        bench.run(manager.run)
    return next((name for name, calls in probe.given.items() if calls[0] != calls[-1]), None)


def _awaits_objects(bench: Bench, make: Callable[[], Any]) -> str | None:
    probe = Probe(_MAKE_AND_USE, objects={"make"})
    results = bench.run(_fill(bench, make, _MAKE_AND_USE, probe.tasks).run)
    for each in results.values() if isinstance(results, Mapping) else ():
        taken(each)
    return None if probe.given["make"] else "make"


def _tries_once(bench: Bench, make: Callable[[], Any]) -> str | None:
    for error in (TaskFailed, ConnectionError, TimeoutError):
        probe = Probe(ONE, fails={"alone"}, error=error)
        outcome_of(bench, _fill(bench, make, ONE, probe.tasks).run, may_fail=True, within=HANGS)
        if len(probe.given["alone"]) > 1:
            return error_in_words(probe.errors["alone"])
    return None


def _runs_after_a_failure(bench: Bench, make: Callable[[], Any]) -> str | None:
    ran: list[str] = []

    def fail_once() -> None:
        ran.append("reserve")
        if len(ran) == 1:
            raise TaskFailed

    manager = _fill(bench, make, {"reserve": []}, {"reserve": fail_once})
    for _ in range(2):
        outcome_of(bench, manager.run, may_fail=True, within=HANGS)
    return None if len(ran) == 2 else "reserve"


_PROPERTIES: dict[str, Callable[[Bench, Callable[[], Any]], str | None]] = {
    "shares-tasks": _shares_nothing,
    "no-order": _orders_the_graph,
    "takes-a-name-twice": _refuses_a_name_twice,
    "takes-the-same-again": _refuses_the_same_again,
    "takes-an-unknown-name": _refuses_an_unknown_name,
    "takes-a-circle": _refuses_a_circle,
    "mixes-managers": _keeps_managers_apart,
    "hands-on-nothing": _hands_results_on,
    "loses-an-object": _awaits_objects,
    "one-by-one": _runs_side_by_side,
    "def-one-by-one": _runs_def_side_by_side,
    "waits-for-another": _runs_beside_another,
    "runs-once": _runs_again,
    "loses-results": _returns_every_result,
    "hands-on-other-results": _hands_the_same_on_again,
    "stale": _has_no_stale_results,
    "tries-again": _tries_once,
    "stops-after-failure": _runs_after_a_failure,
}


def _fill(
    bench: Bench, make: Callable[[], Any], graph: Graph, tasks: Mapping[str, Callable[..., Any]] | None = None
) -> Any:
    return bench.call(named_like(make, lambda: _filled(make, graph, tasks)))


def _filled(
    make: Callable[[], Any], graph: Graph, tasks: Mapping[str, Callable[..., Any]] | None = None
) -> Any:
    manager = make()
    for name, needs in graph.items():
        manager.add_task(name, (tasks or {}).get(name, nothing), list(needs))
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
            if is_blank(error):
                raise
            return None, error

    found: tuple[Any, Exception | None] = bench.run(named_like(function, attempt), *args)
    return found


def _is_graph_error(error: BaseException) -> bool:
    """Whether it is one by the learner's definition, or by that of the course."""
    return any(kind.__name__ == "GraphError" for kind in type(error).__mro__)


def _names(returned: Any) -> list[Any]:
    """A list of names, as the learner's function returned it."""
    if not can_be_listed(returned):
        raise NotYet("not-a-list", got=in_words(returned))
    names = list(returned)
    if others := [each for each in names if not isinstance(each, str)]:
        raise NotYet("not-names", got=in_words(others[0]))
    return names


def _no_coroutine(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise NotYet("engine.coroutine", name=getattr(function, "__name__", "?"))


def _drawn(graph: Graph) -> str:
    """A graph in words, for a message."""
    arrows = [
        say(
            "{name} after {needs}",
            name=name or repr(name),
            needs=", ".join(need or repr(need) for need in needs) or say("nothing"),
        )
        for name, needs in graph.items()
    ]
    if len(arrows) > _MANY_ARROWS:
        arrows[3:] = ["…"]
    return strung(arrows) or say("no task at all")


def _arrows(path: Iterable[object]) -> str:
    names = [*map(str, path)]
    return " -> ".join([*names[:3], "…", *names[-3:]] if len(names) > _MANY_ARROWS else names)
