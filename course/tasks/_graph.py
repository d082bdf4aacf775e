"""The graph: names become numbers once, and what cannot run is refused."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ._errors import CycleError, MissingDependency

if TYPE_CHECKING:
    from tenacity import BaseRetrying


class Options(NamedTuple):
    """What only some tasks have."""

    function: Callable[..., Any]
    is_async: bool
    retry: "BaseRetrying | None"
    timeout: float | None


class Node(NamedTuple):
    """One task as it was added."""

    task: Callable[..., Any]
    needs: tuple[str, ...]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    call: Callable[..., Any]  # the task, to be called with results only
    takes: tuple[int, ...] | None  # the positions in `needs` of these results; None: all of them
    is_async: bool
    options: Options | None


class TaskGraph(NamedTuple):
    """A checked graph that never changes, so that any number of runs can share it.

    Tasks are numbers in the order of registration. Inputs are -1, -2, …: their values lie at the end of a
    run's list of results.
    """

    names: Sequence[str]
    inputs: Sequence[str]
    calls: Sequence[Callable[..., Any]]
    on_loop: Sequence[bool]  # the event loop runs it; otherwise a thread does
    options: Mapping[int, Options]
    parents: Sequence[Sequence[int]]
    children: Sequence[Sequence[int]]
    takes: Sequence[Sequence[int]]  # whose results the task is called with
    waits: Sequence[int]  # for how many tasks it waits
    uses: Sequence[int]  # how many tasks take its result
    order: Sequence[int]
    ends: Collection[int]  # the tasks that no other depends on


def build(nodes: Mapping[str, Node], inputs: Sequence[str]) -> TaskGraph:
    """Number the tasks and sort them. Raises MissingDependency or CycleError."""
    names = list(nodes)
    index = {name: i for i, name in enumerate(names)}
    index.update((name, -k) for k, name in enumerate(inputs, 1))
    number = index.__getitem__
    parents: list[Sequence[int]] = []
    takes: list[Sequence[int]] = []
    children: list[list[int]] = [[] for _ in names]
    uses = [0] * (len(names) + len(inputs))
    for i, node in enumerate(nodes.values()):
        try:
            needs = tuple(map(number, node.needs))
        except KeyError as error:
            raise MissingDependency(task=names[i], dependency=error.args[0], known=index) from None
        results = needs if node.takes is None else tuple([needs[k] for k in node.takes])
        takes.append(results)
        for p in results:
            uses[p] += 1
        if inputs:
            needs = tuple([p for p in needs if p >= 0])
        parents.append(needs)
        for p in needs:
            children[p].append(i)

    waits = list(map(len, parents))
    left, order = waits[:], [i for i, n in enumerate(waits) if not n]
    for i in order:  # Kahn: the list grows while we walk it
        for c in children[i]:
            left[c] -= 1
            if not left[c]:
                order.append(c)
    if len(order) < len(names):
        raise CycleError(path=tuple([names[i] for i in _shortest_cycle(parents, children, left)]))
    return TaskGraph(
        names,
        inputs,
        calls=[node.call for node in nodes.values()],
        on_loop=[node.is_async or node.options is not None for node in nodes.values()],
        options={i: node.options for i, node in enumerate(nodes.values()) if node.options},
        parents=parents,
        children=children,
        takes=takes,
        waits=waits,
        uses=uses,
        order=order,
        ends=[i for i, c in enumerate(children) if not c],
    )


def _shortest_cycle(
    parents: Sequence[Sequence[int]], children: Sequence[Sequence[int]], left: list[int]
) -> list[int]:
    """A shortest cycle among the tasks that have unresolved dependencies `left`, each before the next."""
    best: list[int] = []
    start = 0
    while (start := next((i for i in range(start, len(left)) if left[i]), len(left))) < len(left):
        node, seen = start, set[int]()
        while node not in seen:  # from dependency to dependency: this must come round
            seen.add(node)
            node = next(p for p in parents[node] if left[p])
        cycle = _cycle_through(node, parents, left, len(best))
        best = cycle or best
        left[node], resolved = 0, [node]  # every cycle through it is known now: take it out
        while resolved:
            for c in children[resolved.pop()]:
                if left[c]:
                    left[c] -= 1
                    if not left[c]:
                        resolved.append(c)
    return best


def _cycle_through(node: int, parents: Sequence[Sequence[int]], left: Sequence[int], limit: int) -> list[int]:
    """The shortest cycle through `node` if it has fewer than `limit` names (0: any number)."""
    after = {node: node}  # whom each task found was found from
    queue = deque([(node, 1)])
    while queue:
        current, length = queue.popleft()
        if limit and length + 1 >= limit:
            break
        for p in parents[current]:
            if p == node:
                path = [node, current]
                while path[-1] != node:
                    path.append(after[path[-1]])
                return path
            if left[p] and p not in after:
                after[p] = current
                queue.append((p, length + 1))
    return []
