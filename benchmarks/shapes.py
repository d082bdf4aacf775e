"""The graphs and the tasks that every contender gets."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

Graph = dict[str, list[str]]


def chain(n: int) -> Graph:
    """Each task depends on the one before."""
    return {f"t{i}": [f"t{i - 1}"] if i else [] for i in range(n)}


def wide(n: int) -> Graph:
    """No task depends on another."""
    return {f"t{i}": [] for i in range(n)}


def layered(n: int) -> Graph:
    """Each task depends on up to three earlier ones."""
    chance = random.Random(1)
    return {
        f"t{i}": [f"t{k}" for k in sorted(chance.sample(range(i), min(i, chance.randint(0, 3))))]
        for i in range(n)
    }


SHAPES: dict[str, Callable[[int], Graph]] = {"chain": chain, "wide": wide, "layered": layered}


async def noop(*results: Any) -> None:
    """Does nothing and never waits."""


async def once(*results: Any) -> None:
    """Waits for one turn of the event loop."""
    await asyncio.sleep(0)


def sync(*results: Any) -> None:
    """Does nothing, in a thread."""


TASKS: dict[str, Callable[..., Any]] = {"noop": noop, "once": once, "sync": sync}
