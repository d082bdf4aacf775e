"""The graph: names become numbers once, and what cannot run is refused."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class TaskGraph:
    """A checked graph that never changes, so that any number of runs can share it.

    Tasks are numbers in the order of registration, and all sequences go by them. Inputs are -1, -2, …: their
    values lie at the end of a run's list of results.
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
    uses: Sequence[int]  # how many tasks take its result; 1 too if it is an end
    order: Sequence[int]
    sources: Sequence[int]  # those that wait for none
    ends: Collection[int]  # those that no other waits for
    mixed: bool  # some run in threads


def build(
    index: Mapping[str, int],
    inputs: Sequence[str],
    calls: Sequence[Callable[..., Any]],
    on_loop: Sequence[bool],
    options: Mapping[int, Options],
    needs: Sequence[Sequence[str]],
    takes: Mapping[int, Sequence[int]],
) -> TaskGraph:
    """Number the dependencies and sort the tasks. Raises MissingDependency or CycleError.

    `index` has the number of each task and input; `takes` positions in `needs` of tasks that do not take all.
    """
    size = len(calls)
    names = list(index)[len(inputs) :]
    number = index.__getitem__
    parents: list[Sequence[int]] = [()] * size
    results = parents[:]
    children: list[Sequence[int]] = [()] * (size + len(inputs))
    unused: list[int] = []
    for i, wanted in enumerate(needs):
        if not wanted:
            continue
        try:
            found = tuple(map(number, wanted))
        except KeyError as error:
            raise MissingDependency(task=names[i], dependency=error.args[0], known=index) from None
        for p in found:
            if children[p]:
                children[p].append(i)  # type: ignore[attr-defined]
            else:
                children[p] = [i]
        if i in takes:
            positions = takes[i]
            results[i] = tuple([found[k] for k in positions])
            unused += [p for k, p in enumerate(found) if k not in positions]
        else:
            results[i] = found
        parents[i] = tuple([p for p in found if p >= 0]) if inputs else found

    uses = list(map(len, children))
    for p in unused:
        uses[p] -= 1
    waits = list(map(len, parents))
    sources = [i for i, n in enumerate(waits) if not n]
    left, order = waits[:], sources[:]
    for i in order:  # Kahn: the list grows while we walk it
        for c in children[i]:
            left[c] -= 1
            if not left[c]:
                order.append(c)
    if len(order) < size:
        raise CycleError(path=tuple([names[i] for i in _shortest_cycle(parents, children, left)]))
    ends = [i for i in range(size) if not children[i]]
    for i in ends:
        uses[i] = 1
    return TaskGraph(
        names,
        inputs,
        calls,
        on_loop,
        options,
        parents,
        children,
        results,
        waits,
        uses,
        order,
        sources,
        ends,
        mixed=not all(on_loop),
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
