"""The graph: names become numbers once, and what cannot run is refused."""

import inspect
import reprlib
import unicodedata
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Reversible, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ._errors import BadOption, CycleError, MissingDependency
from ._guard import name_of

if TYPE_CHECKING:
    from tenacity import BaseRetrying

_TEXT = {
    "list": "{what} must be a list of names, not {given}",
    "name": "a name must be text, not {given}",
    "order": "{what} must be a list: a {kind} has no order, and that decides who gets which result",
    "twice": "{what} name {name!r} twice",
}


def checked_name(given: object, where: str) -> str:
    """A name as it is compared: in NFC; in NFKC if it could be a variable, as Python does with those.

    Raises BadOption, which says `where`.
    """
    if not isinstance(given, str):
        raise BadOption(where=where, problem=_TEXT["name"].format(given=_shown(given)))
    text = str.__str__(given)  # of a StrEnum too
    return text if text.isascii() else unicodedata.normalize("NFKC" if text.isidentifier() else "NFC", text)


def checked_names(given: Iterable[str], where: str, what: str, *, ordered: bool = True) -> tuple[str, ...]:
    """`given` as names. Raises BadOption, which says `where` and calls them `what`."""
    if not isinstance(given, Iterable) or isinstance(given, str | bytes | Mapping):
        raise BadOption(where=where, problem=_TEXT["list"].format(what=what, given=_shown(given)))
    if ordered and isinstance(given, Set) and not isinstance(given, Reversible):
        problem = _TEXT["order"].format(what=what, kind=type(given).__name__)
        raise BadOption(where=where, problem=problem)
    found = tuple([checked_name(one, where) for one in given])
    if ordered and len(set(found)) < len(found):
        twice = next(one for one in found if found.count(one) > 1)
        raise BadOption(where=where, problem=_TEXT["twice"].format(what=what, name=twice))
    return found


def _shown(given: object) -> str:
    """What was given instead of a name: no addresses."""
    return f"the function {name_of(given)}" if inspect.isroutine(given) else reprlib.repr(given)


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
