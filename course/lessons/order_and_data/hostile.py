"""Orders that a graph allows and a busy day may bring: "sometimes", made certain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from course.words import listed, say

Graph = Mapping[str, Sequence[str]]
"""Each task with those that it waits for."""


def before(after: Graph, name: str) -> set[str]:
    """Everything that has to be done before `name`, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(after[waiting.pop()]) - found
        found |= new
        waiting += new
    return found


def hostile_order(after: Graph, early: str, late: str) -> list[str]:
    """An order that keeps every arrow: `early` as soon, `late` as late as possible."""
    urgent = before(after, early) | {early}
    order: list[str] = []
    while len(order) < len(after):
        left = [name for name in after if name not in order]
        ready = [name for name in left if set(after[name]) <= set(order)]
        order.append(min(ready, key=lambda name: (name == late, name not in urgent)))
    return order


def hostile_orders(after: Graph) -> list[list[str]]:
    """For any two tasks that no chain of arrows orders: one order with the one first, one with the other."""
    orders = [
        hostile_order(after, early, late)
        for late in after
        for early in after
        if early != late and early not in before(after, late) and late not in before(after, early)
    ]
    return [order for i, order in enumerate(orders) if order not in orders[:i]]


@dataclass(frozen=True)
class Finding:
    """An order that the graph allows and in which a task fails."""

    order: list[str]
    task: str
    error: Exception

    def __repr__(self) -> str:
        return say(
            "{order}: in this order {task} fails with {error!r}",
            order=listed(self.order),
            task=self.task,
            error=self.error,
        )


def attack(after: Graph, make_tasks: Callable[[], Mapping[str, Callable[[], object]]]) -> Finding | None:
    """Run the tasks in every hostile order, each time fresh ones; the first order that fails, or None."""
    for order in hostile_orders(after):
        tasks = make_tasks()
        for name in order:
            try:
                tasks[name]()
            except Exception as error:
                return Finding(order, name, error)
    return None
